import KubeClient

extension ReloadExplainer {
    /// What else decides about reloads of the workload, or about what becomes of them.
    func remarks(on workload: Workload, _ object: JSONValue, _ rows: [WorkloadExplanation.Row]) -> [Remark] {
        var remarks = state(of: workload, object)
        let faults = AnnotationFault.faults(of: workload, policy).map { fault in
            Remark(fault.code, "\(fault.message(for: "this \(workload.kind.name)")).", isWarning: true)
        }
        remarks += faults.sorted { $0.sentence < $1.sentence }
        if workload.kind == .deployment,
            case .lasting(let period, text: let text) = DeploymentPause(workload, policy.keys).period,
            period > .zero
        {
            remarks.append(
                Remark("pause-period", "A reload pauses it for \(text), so that further changes wait until then."))
        }
        remarks += template(of: workload, object)
        if workload.template.containers.isEmpty {
            guard object["spec"]?["workloadRef"] == nil else { return remarks }
            remarks.append(Remark("no-containers", "The pod template has no containers.", isWarning: true))
        } else if rows.allSatisfy(\.uses.isEmpty) {
            remarks.append(Remark("uses-nothing", "The pod template uses no ConfigMap and no Secret."))
        }
        for use in Set(rows.flatMap(\.uses).filter { $0.container == nil }.map(\.config.name)).sorted() {
            remarks.append(
                Remark("not-mounted", "A volume refers to '\(use)', but no container mounts it.", isWarning: true))
        }
        return remarks
    }

    /// Whose template it is, where one is shared.
    private func template(of workload: Workload, _ object: JSONValue) -> [Remark] {
        var remarks = family.borrowers(of: workload.key).map { borrower in
            Remark(
                "template-shared",
                "\(borrower.kind) \(borrower.name) uses its pod template: a reload of the one restarts both.")
        }
        if let owner = workload.templateOwner {
            let name = "\(owner.kind) \(owner.object.name)"
            remarks.append(
                family.known(owner) == nil
                    ? Remark(
                        "template-unknown", "Its pod template is that of \(name), which does not exist.",
                        isWarning: true)
                    : Remark(
                        "template-elsewhere",
                        "Its pod template is that of \(name): a reload is written there, and Argo rolls it out."))
        } else if workload.kind == .rollout, let reference = object["spec"]?["workloadRef"] {
            let name = "\(reference["kind"]?.string ?? "") \(reference["name"]?.string ?? "")"
            remarks.append(
                Remark(
                    "template-unknown", "Its pod template is that of \(name); only Deployments are followed.",
                    isWarning: true))
        }
        return remarks
    }

    private func state(of workload: Workload, _ object: JSONValue) -> [Remark] {
        var remarks: [Remark] = []
        let kind = workload.kind.name
        if object["metadata"]?["deletionTimestamp"] != nil {
            remarks.append(Remark("being-deleted", "It is being deleted.", isWarning: true))
        }
        if workload.isOwnedByCronJob {
            remarks.append(
                Remark("owned-by-cronjob", "A CronJob made this Job; the next one starts with the new content."))
        } else if let owner = object.controller {
            remarks.append(
                Remark(
                    "owned", "\(owner) controls this \(kind), and may take back what a reload writes.", isWarning: true)
            )
        }
        if workload.isSuspended {
            remarks.append(Remark("suspended", "It is suspended: a change starts nothing.", isWarning: true))
        }
        if workload.isFinished { remarks.append(Remark("finished", "It has ended.")) }
        if workload.isPaused {
            let pausedAt = workload.annotations[options.annotationKeys.pausedAt]
            let who = pausedAt.map { "Reloader paused it at \($0)" } ?? "Somebody paused it"
            remarks.append(
                Remark(
                    "paused", "\(who): a reload is written, but pods restart only when it is resumed.", isWarning: true)
            )
        }
        if object["spec"]?["updateStrategy"]?["type"]?.string == "OnDelete" {
            remarks.append(
                Remark(
                    "on-delete",
                    "Its update strategy is OnDelete: a reload is written, but pods restart only when they "
                        + "are deleted.", isWarning: true))
        }
        if workload.kind == .deploymentConfig, let triggers = object["spec"]?["triggers"]?.array,
            !triggers.contains(where: { $0["type"]?.string == "ConfigChange" })
        {
            remarks.append(
                Remark(
                    "no-config-change-trigger",
                    "It has no ConfigChange trigger: a reload is written, but pods restart only with the next rollout.",
                    isWarning: true))
        }
        if object["spec"]?["replicas"]?.int == 0 {
            remarks.append(Remark("no-replicas", "It is scaled to zero: there are no pods to restart."))
        }
        return remarks
    }

    /// What a config's own annotations and labels do.
    func remarks(on config: ConfigStanding) -> [Remark] {
        let keys = options.annotationKeys
        switch config.state {
        case .absent: return [Remark("absent", "It does not exist.", isWarning: true)]
        case .unknown(let reason): return [Remark("not-read", reason, isWarning: true)]
        case .present(let object):
            var remarks: [Remark] = []
            if !config.isDefined {
                remarks.append(
                    Remark(
                        "absent",
                        "It does not exist, though pods have mounted it; it counts as one without annotations.",
                        isWarning: true))
            }
            if !config.isContentKnown {
                remarks.append(
                    Remark("not-mounted", "No pod has mounted it so far, so there is nothing to rotate."))
            }
            if object.isTrue(keys.ignore) {
                remarks.append(Remark("ignored", "Its annotation \(keys.ignore) is true: nothing is reloaded."))
            }
            if object.isTrue(keys.match) {
                remarks.append(
                    Remark("match", "Its annotation \(keys.match) is true: workloads in search mode find it."))
            }
            let misplaced = object.trueAnnotations.filter { key in
                key == keys.search || ConfigType.allCases.contains { keys.optIn($0).contains(key) }
            }
            for key in misplaced {
                remarks.append(
                    Remark(
                        "misplaced", "Its annotation \(key) has no effect here; it belongs on a workload.",
                        isWarning: true))
            }
            return remarks
        }
    }
}

extension JSONValue {
    /// Kind and name of the owner that controls the object.
    fileprivate var controller: String? {
        let owner = self["metadata"]?["ownerReferences"]?.array?.first { $0["controller"]?.bool == true }
        return owner.map { "\($0["kind"]?.string ?? "") \($0["name"]?.string ?? "")" }
    }
}
