import KubeClient

/// The rules of the kinds that carry a pod template and a selector: Deployment, StatefulSet, DaemonSet, ReplicaSet.
enum WorkloadRules {
    static var deployment: ResourceKind.Rules {
        var rules = shared
        rules.complete = { object in
            completeSpec(&object) { spec in
                spec.setDefault("replicas", .int(1))
                spec.setDefault("revisionHistoryLimit", .int(10))
                spec.setDefault("progressDeadlineSeconds", .int(600))
                completeStrategy(&spec, "strategy", ["maxUnavailable": .string("25%"), "maxSurge": .string("25%")])
            }
        }
        let validate = rules.validate
        rules.validate = { object in
            var faults = replicaFaults(object) + validate(object)
            if object["spec", "strategy", "type"] == .string("Recreate"),
                object["spec", "strategy", "rollingUpdate"] != nil
            {
                faults.append(
                    .forbidden(
                        "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
            }
            return faults
        }
        rules.validateUpdate = { new, old in selectorChangeFaults(new, old) }
        return rules
    }

    static var replicaSet: ResourceKind.Rules {
        var rules = shared
        rules.complete = { object in completeSpec(&object) { $0.setDefault("replicas", .int(1)) } }
        let validate = rules.validate
        rules.validate = { replicaFaults($0) + validate($0) }
        rules.validateUpdate = { new, old in selectorChangeFaults(new, old) }
        return rules
    }

    static var daemonSet: ResourceKind.Rules {
        let annotation = "deprecated.daemonset.template.generation"
        var rules = shared
        rules.complete = { object in
            completeSpec(&object) { spec in
                spec.setDefault("revisionHistoryLimit", .int(10))
                completeStrategy(&spec, "updateStrategy", ["maxUnavailable": .int(1), "maxSurge": .int(0)])
            }
            // Part of how the type is read, so that it counts as sent.
            if object["metadata", "annotations", annotation] == nil { setAnnotation(annotation, "1", in: &object) }
        }
        rules.create = { setAnnotation(annotation, "1", in: &$0) }
        rules.update = { new, old in
            let before = old["metadata", "annotations", annotation]?.string.flatMap { Int($0) } ?? 0
            let isNew = new["spec", "template"] != old["spec", "template"]
            setAnnotation(annotation, String(before + (isNew ? 1 : 0)), in: &new)
        }
        rules.validateUpdate = { new, old in selectorChangeFaults(new, old) }
        rules.reportsChangesFirst = true
        return rules
    }

    static var statefulSet: ResourceKind.Rules {
        var rules = shared
        rules.complete = { object in
            completeSpec(&object) { spec in
                spec.setDefault("replicas", .int(1))
                spec.setDefault("podManagementPolicy", .string("OrderedReady"))
                spec.setDefault("revisionHistoryLimit", .int(10))
                completeStrategy(&spec, "updateStrategy", ["partition": .int(0)])
                spec.modify("persistentVolumeClaimRetentionPolicy", creating: true) { policy in
                    policy.setDefault("whenDeleted", .string("Retain"))
                    policy.setDefault("whenScaled", .string("Retain"))
                }
            }
        }
        let validate = rules.validate
        rules.validate = { replicaFaults($0) + validate($0) }
        rules.validateUpdate = { new, old in
            let mutable = [
                "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
            ]
            func fixed(_ object: JSONValue) -> JSONValue? {
                guard var spec = object["spec"] else { return nil }
                for name in mutable { spec.set(name, nil) }
                return spec
            }
            guard fixed(new) != fixed(old) else { return [] }
            return [
                .forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                        + "'minReadySeconds' are forbidden")
            ]
        }
        return rules
    }

    /// Pod template defaults, then the kind's own.
    private static func completeSpec(_ object: inout JSONValue, _ body: (_ spec: inout JSONValue) -> Void) {
        object.modify("spec", creating: true) { spec in
            spec.modify("template", creating: true, PodDefaults.complete)
            body(&spec)
        }
    }

    private static func completeStrategy(_ spec: inout JSONValue, _ name: String, _ defaults: [String: JSONValue]) {
        spec.modify(name, creating: true) { strategy in
            strategy.setDefault("type", .string("RollingUpdate"))
            guard strategy["type"] == .string("RollingUpdate") else { return }
            strategy.modify("rollingUpdate", creating: true) { parameters in
                for (name, value) in defaults { parameters.setDefault(name, value) }
            }
        }
    }

    private static var shared: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.validate = { object in
            var faults: [FieldError] = []
            let selector = object["spec", "selector"]
            if selector == nil || selector == .null {
                faults.append(.required("spec.selector"))
            } else if (selector?["matchLabels"]?.object?.members ?? []).isEmpty,
                (selector?["matchExpressions"]?.array ?? []).isEmpty
            {
                faults.append(.invalid("spec.selector", selector, "empty selector is invalid for deployment"))
            }
            let labels = object["spec", "template", "metadata", "labels"]
            if !matches(selector, labels) {
                faults.append(
                    .invalid(
                        "spec.template.metadata.labels", labels ?? .null, "`selector` does not match template `labels`")
                )
            }
            faults += ResourceKind.labelFaults(labels, "spec.template.labels")
            let annotations = object["spec", "template", "metadata", "annotations"]
            faults += ResourceKind.annotationFaults(annotations, "spec.template.annotations")
            return faults
                + PodValidation.faults(
                    object["spec", "template", "spec"], "spec.template.spec", restartPolicies: ["Always"])
        }
        rules.warnings = { PodValidation.warnings($0["spec", "template", "spec"], "spec.template.spec") }
        return rules
    }

    private static func matches(_ selector: JSONValue?, _ labels: JSONValue?) -> Bool {
        guard let selector, case .object = selector else { return false }
        for pair in selector["matchLabels"]?.object?.members ?? [] where labels?[pair.name] != pair.value {
            return false
        }
        for expression in selector["matchExpressions"]?.array ?? [] {
            let value = labels?[expression["key"]?.string ?? ""]
            let values = expression["values"]?.array ?? []
            switch expression["operator"]?.string {
            case "In": if !(value.map { values.contains($0) } ?? false) { return false }
            case "NotIn": if let value, values.contains(value) { return false }
            case "Exists": if value == nil { return false }
            case "DoesNotExist": if value != nil { return false }
            default: return false
            }
        }
        return true
    }

    private static func replicaFaults(_ object: JSONValue) -> [FieldError] {
        guard let replicas = object["spec", "replicas"]?.int, replicas < 0 else { return [] }
        return [.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0")]
    }

    private static func selectorChangeFaults(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        let selector = new["spec", "selector"]
        return selector == old["spec", "selector"]
            ? [] : [.invalid("spec.selector", selector, "field is immutable")]
    }

    static func setAnnotation(_ name: String, _ value: String, in object: inout JSONValue) {
        object.modify("metadata", creating: true) { metadata in
            metadata.modify("annotations", creating: true) { $0.set(name, .string(value)) }
        }
    }
}
