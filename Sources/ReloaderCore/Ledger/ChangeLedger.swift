import KubeClient

/// Which content of each config the workloads that use it run with, as a value: what was applied in, what is due out.
///
/// An entry moves on only when no workload waits for the config any more, so whatever a crash cuts short is due
/// afterwards. It holds digests, never contents, and only of configs that workloads with opted-in reloads use.
struct ChangeLedger: Sendable {
    /// The parts, in the order of their numbers.
    private(set) var parts: [LedgerPart]
    private let selection: String?
    private let makeSalt: @Sendable () -> LedgerSalt

    /// A ledger of what was read; nothing for the first time.
    ///
    /// `selection` says which configs are seen at all, as ``ReloaderOptions/configSelection`` does.
    init(_ parts: [LedgerPart] = [], selection: String? = nil, makeSalt: @escaping @Sendable () -> LedgerSalt) {
        self.parts = parts.isEmpty ? [LedgerPart(salt: makeSalt(), selection: selection)] : parts
        self.selection = selection
        self.makeSalt = makeSalt
    }

    /// What is remembered of a config.
    subscript(key: ConfigKey) -> LedgerEntry? { parts.lazy.compactMap { $0[key] }.first }
    /// The configs of which something is remembered.
    var keys: [ConfigKey] { parts.flatMap(\.entries.keys) }
    /// The numbers of the parts that have to be written.
    var dirtyParts: [Int] { parts.indices.filter { parts[$0].isDirty } }

    /// How a config with this content stands to what is remembered; computes a digest where that is needed.
    func standing(of key: ConfigKey, content: Fingerprint?, version: ResourceVersion? = nil) -> LedgerStanding {
        guard let index = part(of: key), let entry = parts[index][key] else { return .unknown }
        // What another selection leaves out looks like what is not there.
        if (entry.digest == nil) != (content == nil), parts[index].selection != selection { return .unknown }
        guard let digest = entry.digest else { return content == nil ? .same : .appeared }
        guard let content else { return .vanished }
        if let version, entry.version.isNewer(than: version) == true { return .outdated }
        if entry.isMoving { return .changed }
        if let known = entry.content { return known == content ? .same : .changed }
        return parts[index].salt.digest(content, of: key) == digest ? .same : .changed
    }

    /// Notes that a config was compared and, where it is the same, its content, so that the digest need not be computed again.
    mutating func compared(_ key: ConfigKey, same content: Fingerprint?) {
        guard let index = part(of: key), var entry = parts[index][key] else { return }
        entry.isCompared = true
        if let content { entry.content = content }
        parts[index][key] = entry
    }

    /// Notes that every workload that uses a config runs with this content; nil for none.
    mutating func moveOn(_ key: ConfigKey, to content: Fingerprint?, version: ResourceVersion) {
        if let entry = self[key], !entry.isMoving, entry.content == content, (entry.digest == nil) == (content == nil) {
            return
        }
        set(key, content, version, isMoving: false)
    }

    /// Notes that some workloads have got, or may have got, another content than the one that is remembered.
    ///
    /// `content` is remembered where nothing was.
    mutating func move(_ key: ConfigKey, content: Fingerprint?, version: ResourceVersion) {
        guard let index = part(of: key), var entry = parts[index][key] else {
            return set(key, content, version, isMoving: true)
        }
        entry.isMoving = true
        parts[index][key] = entry
    }

    /// Notes that every entry was compared under the selection of now.
    mutating func adoptSelection() { for index in parts.indices { parts[index].adopt(selection) } }

    /// Forgets a config that nothing uses.
    mutating func forget(_ key: ConfigKey) {
        guard let index = part(of: key) else { return }
        parts[index][key] = nil
    }

    /// Notes that a part was written.
    mutating func wrote(_ part: Int, _ written: [ConfigKey: String?], _ version: ResourceVersion) {
        parts[part].wrote(written, version)
    }

    /// Takes over what somebody else has written of a part; nil when it is gone.
    mutating func merge(_ part: Int, _ theirs: LedgerPart?) { parts[part].merge(theirs) }

    private func part(of key: ConfigKey) -> Int? { parts.firstIndex { $0[key] != nil } }

    private mutating func set(
        _ key: ConfigKey, _ content: Fingerprint?, _ version: ResourceVersion, isMoving: Bool
    ) {
        var index = part(of: key) ?? parts.firstIndex(where: \.hasRoom)
        if index == nil {
            parts.append(LedgerPart(salt: makeSalt(), selection: selection))
            index = parts.count - 1
        }
        guard let index else { return }
        let digest = content.flatMap { parts[index].salt.digest($0, of: key) }
        // Without a digest there is nothing to remember; the next start sees the config for the first time.
        guard content == nil || digest != nil else { return }
        parts[index][key] = LedgerEntry(digest: digest, content: content, version: version, isMoving: isMoving)
    }
}
