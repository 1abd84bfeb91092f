import KubeClient

/// The annotations strategy: the template records the last config that caused a reload.
enum AnnotationPlan {
    /// Why the change needs no write.
    static func skip(_ carried: CarriedChange, _ annotations: [String: String], _ key: String) -> ReloadPlan.Skip? {
        guard let last = annotations[key].flatMap(LastReload.init(annotation:)) else { return nil }
        let isSame = last.config == carried.change.config && last.fingerprint == carried.change.recordedFingerprint
        return isSame ? .alreadyApplied : nil
    }

    /// What records the newest change; they are not empty.
    static func mutation(_ changes: [CarriedChange], _ key: String, _ observedAt: Int) -> TemplateMutation {
        let newest = changes.last.map { LastReload($0, observedAt: observedAt).annotation }
        return .annotation(key: key, value: newest ?? "")
    }
}

extension LastReload {
    init(_ carried: CarriedChange, observedAt: Int) {
        self.init(
            config: carried.change.config, fingerprint: carried.change.recordedFingerprint,
            container: carried.container.name, observedAt: observedAt)
    }

    /// The annotation's value: compact JSON whose keys have a fixed order.
    public var annotation: String {
        var json = JSONWriter()
        json.object { json in
            json.field("type", config.type.tag)
            json.field("name", config.name)
            json.field("namespace", config.namespace)
            json.field("hash", fingerprint.hex)
            json.array("containerRefs") { json in json.string(container) }
            json.field("observedAt", observedAt)
        }
        return json.string
    }
}
