import KubeClient

/// The rules of Jobs and CronJobs.
enum BatchRules {
    private static let uidLabel = "batch.kubernetes.io/controller-uid"
    private static let nameLabel = "batch.kubernetes.io/job-name"
    private static let oldUIDLabel = "controller-uid"
    private static let oldNameLabel = "job-name"
    private static let restartPolicies = ["OnFailure", "Never"]

    static var job: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.complete = { object in
            object.modify("spec", creating: true) { spec in
                spec.modify("template", creating: true, PodDefaults.complete)
                let countsCompletions = spec["completions"] != nil || spec["parallelism"] == nil
                if countsCompletions { spec.setDefault("completions", .int(1)) }
                spec.setDefault("parallelism", .int(1))
                spec.setDefault("backoffLimit", .int(6))
                spec.setDefault("manualSelector", .bool(false))
                spec.setDefault("completionMode", .string("NonIndexed"))
                spec.setDefault("suspend", .bool(false))
                spec.setDefault("podReplacementPolicy", .string("TerminatingOrFailed"))
            }
        }
        rules.create = { object in
            if object["spec", "manualSelector"] != .bool(true) { generateSelector(&object) }
            // The labels of the Job itself default to those of its template.
            if object["metadata", "labels"] == nil, let labels = object["spec", "template", "metadata", "labels"] {
                object.modify("metadata") { $0.set("labels", labels) }
            }
        }
        rules.validate = { object in
            selectorFaults(object)
                + PodValidation.faults(
                    object["spec", "template", "spec"], "spec.template.spec", restartPolicies: restartPolicies)
        }
        rules.validateUpdate = { new, old in
            var faults: [FieldError] = []
            for name in ["completions", "selector", "completionMode"] where new["spec", name] != old["spec", name] {
                faults.append(.invalid("spec.\(name)", new["spec", name], "field is immutable"))
            }
            if templates(of: new, comparedWith: old) {
                faults.append(.invalid("spec.template", new["spec", "template"], "field is immutable"))
            }
            return faults
        }
        rules.warnings = { PodValidation.warnings($0["spec", "template", "spec"], "spec.template.spec") }
        return rules
    }

    /// Adds the labels that tie pods to this incarnation, and the selector over them.
    ///
    /// Labels that are there already, from a copied Job, stay and are refused by validation.
    private static func generateSelector(_ object: inout JSONValue) {
        let uid = object["metadata", "uid"] ?? .string("")
        let name = object["metadata", "name"] ?? .string("")
        object.modify("spec") { spec in
            spec.modify("template", creating: true) { template in
                template.modify("metadata", creating: true) { metadata in
                    metadata.modify("labels", creating: true) { labels in
                        labels.setDefault(oldUIDLabel, uid)
                        labels.setDefault(uidLabel, uid)
                        labels.setDefault(oldNameLabel, name)
                        labels.setDefault(nameLabel, name)
                    }
                }
            }
            spec.setDefault("selector", .dict(("matchLabels", .dict((uidLabel, uid)))))
        }
    }

    private static func selectorFaults(_ object: JSONValue) -> [FieldError] {
        guard object["spec", "manualSelector"] != .bool(true) else { return [] }
        let uid = object["metadata", "uid"]
        let name = object["metadata", "name"]
        let labels = object["spec", "template", "metadata", "labels"]
        var faults: [FieldError] = []
        for (label, expected) in [(oldUIDLabel, uid), (oldNameLabel, name), (uidLabel, uid), (nameLabel, name)]
        where labels?[label] != expected {
            faults.append(
                .invalid(
                    "spec.template.metadata.labels[\(label)]", labels, "must be '\(expected?.string ?? "")'"))
        }
        if let selector = object["spec", "selector"],
            selector["matchLabels", uidLabel] != uid && selector["matchLabels", oldUIDLabel] != uid
        {
            faults.append(.invalid("spec.selector", selector, "`selector` not auto-generated"))
        }
        return faults
    }

    /// Whether the template changed in a way that a Job does not allow: a suspended Job that never started may still
    /// change where its pods run and how they are labelled.
    private static func templates(of new: JSONValue, comparedWith old: JSONValue) -> Bool {
        guard new["spec", "template"] != old["spec", "template"] else { return false }
        guard old["spec", "suspend"] == .bool(true), old["status", "startTime"] == nil else { return true }
        func fixed(_ object: JSONValue) -> JSONValue? {
            var template = object["spec", "template"]
            template?.modify("metadata") { metadata in
                metadata.set("labels", nil)
                metadata.set("annotations", nil)
            }
            template?.modify("spec") { spec in
                for name in ["nodeSelector", "affinity", "tolerations", "schedulingGates"] { spec.set(name, nil) }
            }
            return template
        }
        return fixed(new) != fixed(old)
    }

    static var cronJob: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.complete = { object in
            object.modify("spec", creating: true) { spec in
                spec.setDefault("concurrencyPolicy", .string("Allow"))
                spec.setDefault("suspend", .bool(false))
                spec.setDefault("successfulJobsHistoryLimit", .int(3))
                spec.setDefault("failedJobsHistoryLimit", .int(1))
                spec.modify("jobTemplate", creating: true) { template in
                    template.modify("spec", creating: true) {
                        $0.modify("template", creating: true, PodDefaults.complete)
                    }
                }
            }
        }
        rules.validate = { object in
            let schedule = object["spec", "schedule"]?.string ?? ""
            let path = "spec.jobTemplate.spec.template.spec"
            return scheduleFaults(schedule)
                + PodValidation.faults(
                    object["spec", "jobTemplate", "spec", "template", "spec"], path, restartPolicies: restartPolicies)
        }
        rules.warnings = {
            PodValidation.warnings(
                $0["spec", "jobTemplate", "spec", "template", "spec"], "spec.jobTemplate.spec.template.spec")
        }
        return rules
    }

    private static func scheduleFaults(_ schedule: String) -> [FieldError] {
        if schedule.isEmpty { return [.required("spec.schedule")] }
        if schedule.hasPrefix("@") { return [] }
        let fields = schedule.split(separator: " ")
        guard fields.count != 5 else { return [] }
        let list = fields.joined(separator: " ")
        return [
            .invalid(
                "spec.schedule", .string(schedule), "expected exactly 5 fields, found \(fields.count): [\(list)]")
        ]
    }
}
