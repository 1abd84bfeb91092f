import KubeClient

/// Configs of one workload whose markers have one name and one container, as those of `a-b` and `a.b` do.
///
/// v1.4.21 lets them overwrite each other's fingerprint, so that a change that happens to bring one to the other's content is
/// missed. The name stays what it was; the value stands for all of them as soon as more than one exists: the SHA-1 of
/// `name=fingerprint` for each in the order of their names, joined with semicolons.
enum SharedMarker {
    /// The other configs that a config shares its marker with, of those that can reload the workload.
    static func others(of config: ConfigKey, among paired: [ConfigKey], in template: PodTemplate) -> [ConfigKey] {
        let marker = MarkerName.marker(for: config)
        let others = paired.filter { $0 != config && MarkerName.marker(for: $0) == marker }
        guard !others.isEmpty else { return [] }
        func carrier(_ config: ConfigKey) -> Int? {
            template.references.carrier(of: config.configName, isNamed: true)
        }
        let container = carrier(config)
        return others.filter { carrier($0) == container }
    }

    /// What the marker of these configs holds; nil when none of them exists.
    static func value(of contents: [(name: String, fingerprint: Fingerprint)]) -> Fingerprint? {
        guard contents.count > 1 else { return contents.first?.fingerprint }
        let lines = contents.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.fingerprint.hex)" }
        var text = lines.joined(separator: ";")
        guard let digest = SHA1Digest() else { return nil }
        text.withUTF8 { unsafe digest.update(UnsafeRawBufferPointer($0)) }
        return digest.finish()
    }
}
