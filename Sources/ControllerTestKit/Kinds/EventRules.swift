import KubeClient

/// The rules of Events, which are the same objects in two groups.
///
/// Source: the validation of Events in the API server, which knows them by the names of core/v1.
enum EventRules {
    /// Members of `events.k8s.io/v1` that core/v1 has under other names.
    static let renamedMembers = [
        (own: "regarding", other: "involvedObject"), (own: "note", other: "message"),
        (own: "deprecatedSource", other: "source"), (own: "deprecatedFirstTimestamp", other: "firstTimestamp"),
        (own: "deprecatedLastTimestamp", other: "lastTimestamp"), (own: "deprecatedCount", other: "count"),
        (own: "reportingController", other: "reportingComponent"),
    ]

    /// Those of core/v1.
    static var core: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.nameFault = { Names.pathSegmentFault($0) }
        rules.validate = { faults($0, controllerField: "reportingComponent") }
        return rules
    }

    /// Those of `events.k8s.io/v1`, which are stricter with what is new.
    static var events: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.validate = { faults(inCoreForm($0), controllerField: "reportingController") }
        rules.validateCreate = { creationFaults(inCoreForm($0)) }
        rules.validateUpdate = { new, old in changeFaults(inCoreForm(new), inCoreForm(old)) }
        return rules
    }

    private static func inCoreForm(_ event: JSONValue) -> JSONValue {
        var event = event
        for (own, other) in renamedMembers { event.rename(own, to: other) }
        return event
    }

    private static func isSet(_ time: JSONValue?) -> Bool { time?.string != nil }

    private static func faults(_ event: JSONValue, controllerField: String) -> [FieldError] {
        let namespace = event["involvedObject", "namespace"]?.string ?? ""
        let own = event["metadata", "namespace"]?.string ?? ""
        func text(_ name: String) -> String { event[name]?.string ?? "" }
        var faults: [FieldError] = []
        func misplaced() {
            faults.append(.invalid("involvedObject.namespace", .string(namespace), "does not match event.namespace"))
        }
        guard isSet(event["eventTime"]) else {
            // As it was before there were series.
            if namespace != own, !(namespace.isEmpty && own == "default") { misplaced() }
            return faults
        }
        if namespace.isEmpty ? !["default", "kube-system"].contains(own) : namespace != own { misplaced() }
        if text("reportingComponent").isEmpty { faults.append(.required(controllerField)) }
        for name in ["reportingInstance", "action", "reason"] {
            if text(name).isEmpty { faults.append(.required(name)) }
            if text(name).utf8.count > 128 { faults.append(.unshown(name, "can have at most 128 characters")) }
        }
        if text("message").utf8.count > 1024 { faults.append(.unshown("message", "can have at most 1024 characters")) }
        return faults
    }

    private static func creationFaults(_ event: JSONValue) -> [FieldError] {
        var faults = seriesFaults(event)
        if !isSet(event["eventTime"]) { faults.append(.required("eventTime")) }
        let type = event["type"]?.string ?? ""
        if !["Normal", "Warning"].contains(type) { faults.append(.unshown("type", "has invalid value: \(type)")) }
        let source = event["source"]?.object?.members ?? []
        let outdated = [
            ("firstTimestamp", isSet(event["firstTimestamp"])), ("lastTimestamp", isSet(event["lastTimestamp"])),
            ("count", event["count"]?.int ?? 0 != 0), ("source", source.contains { $0.value.string != "" }),
        ]
        for (name, isSet) in outdated where isSet { faults.append(.unshown(name, "needs to be unset")) }
        return faults
    }

    private static func changeFaults(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        let fixed = [
            "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count",
            "reportingComponent", "reportingInstance", "action", "related", "type", "eventTime",
        ]
        let changes = fixed.filter { new[$0] != old[$0] }.map { name in
            FieldError.invalid(
                name == "reportingComponent" ? "reportingController" : name, new[name] ?? .null, "field is immutable")
        }
        return (new["series"] == old["series"] ? [] : seriesFaults(new)) + changes
    }

    private static func seriesFaults(_ event: JSONValue) -> [FieldError] {
        guard let series = event["series"] else { return [] }
        var faults: [FieldError] = []
        if series["count"]?.int ?? 0 < 2 { faults.append(.unshown("series.count", "should be at least 2")) }
        if !isSet(series["lastObservedTime"]) { faults.append(.required("series.lastObservedTime")) }
        return faults
    }
}

extension FieldError {
    /// A value that is wrong, in whose place the server shows an empty text.
    fileprivate static func unshown(_ field: String, _ why: String) -> FieldError {
        .invalid(field, .string(""), why)
    }
}
