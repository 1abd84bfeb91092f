import KubeClient

/// The annotations strategy: the template records the last config that caused a reload.
enum AnnotationPlan {
    /// Whether an annotation's value says that the last reload was for this change.
    static func records(_ change: ConfigChange, _ annotation: String?) -> Bool {
        guard let last = annotation.flatMap(LastReload.init(annotation:)) else { return false }
        return last.config == change.config && last.fingerprint == change.recordedFingerprint
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
