import KubeClient

/// The rules of Pods, Services, Namespaces, Leases and RBAC kinds.
enum ClusterRules {
    static var pod: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.complete = PodDefaults.completePod
        rules.create = { object in
            object.modify("spec", creating: true) { spec in
                spec.setDefault("serviceAccountName", .string("default"))
                spec.setDefault("serviceAccount", .string("default"))
                spec.setDefault("priority", .int(0))
                spec.setDefault("preemptionPolicy", .string("PreemptLowerPriority"))
                tolerate("node.kubernetes.io/not-ready", &spec)
                tolerate("node.kubernetes.io/unreachable", &spec)
            }
            object.set(
                "status", .dict(("phase", .string("Pending")), ("qosClass", .string(qualityOfService(object["spec"])))))
        }
        rules.validate = {
            PodValidation.faults($0["spec"], "spec", restartPolicies: ["Always", "OnFailure", "Never"])
        }
        rules.validateUpdate = { new, old in
            func fixed(_ object: JSONValue) -> JSONValue? {
                var spec = object["spec"]
                for list in ["containers", "initContainers"] { spec?.modifyEach(list) { $0.set("image", nil) } }
                for name in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] {
                    spec?.set(name, nil)
                }
                return spec
            }
            guard fixed(new) != fixed(old) else { return [] }
            return [
                .forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
                        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set "
                        + "to 1 if it was previously negative)")
            ]
        }
        rules.warnings = { PodValidation.warnings($0["spec"], "spec") }
        return rules
    }

    private static func tolerate(_ taint: String, _ spec: inout JSONValue) {
        var tolerations = spec["tolerations"]?.array ?? []
        guard !tolerations.contains(where: { $0["key"] == .string(taint) }) else { return }
        tolerations.append(
            .dict(
                ("key", .string(taint)), ("operator", .string("Exists")), ("effect", .string("NoExecute")),
                ("tolerationSeconds", .int(300))))
        spec.set("tolerations", .array(tolerations))
    }

    private static func qualityOfService(_ spec: JSONValue?) -> String {
        let resources = ((spec?["containers"]?.array ?? []) + (spec?["initContainers"]?.array ?? []))
            .map { (limits: $0["resources", "limits"], requests: $0["resources", "requests"]) }
        if resources.allSatisfy({ $0.limits == nil && $0.requests == nil }) { return "BestEffort" }
        let isGuaranteed = resources.allSatisfy { resource in
            ["cpu", "memory"].allSatisfy {
                resource.limits?[$0] != nil && resource.limits?[$0] == resource.requests?[$0]
            }
        }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    static var service: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.nameFault = { Names.serviceNameFault($0) }
        rules.complete = { object in
            object.modify("spec", creating: true) { spec in
                spec.setDefault("type", .string("ClusterIP"))
                spec.setDefault("sessionAffinity", .string("None"))
                spec.modifyEach("ports") { port in
                    port.setDefault("protocol", .string("TCP"))
                    let target = port["targetPort"]
                    if target == nil || target == .int(0) || target == .string("") {
                        port.set("targetPort", port["port"])
                    }
                }
                guard spec["type"] != .string("ExternalName") else { return }
                spec.setDefault("internalTrafficPolicy", .string("Cluster"))
                spec.setDefault("ipFamilies", .array([.string("IPv4")]))
                spec.setDefault("ipFamilyPolicy", .string("SingleStack"))
            }
        }
        rules.create = { object in
            guard object["spec", "type"] != .string("ExternalName") else { return }
            let address = JSONValue.string(clusterAddress(object["metadata", "uid"]?.string ?? ""))
            object.modify("spec") { spec in
                spec.setDefault("clusterIP", address)
                if let chosen = spec["clusterIP"] { spec.setDefault("clusterIPs", .array([chosen])) }
            }
        }
        rules.update = { object, old in
            for name in ["clusterIP", "clusterIPs"] where object["spec", name] == nil {
                object.modify("spec") { $0.set(name, old["spec", name]) }
            }
        }
        rules.validate = { object in
            let ports = object["spec", "ports"]?.array ?? []
            var faults: [FieldError] = []
            if ports.isEmpty, !["None", ""].contains(object["spec", "clusterIP"]?.string ?? "") {
                faults.append(.required("spec.ports"))
            }
            for (index, port) in ports.enumerated() {
                let number = port["port"]?.int ?? 0
                if !(1...65_535).contains(number) {
                    faults.append(
                        .invalid("spec.ports[\(index)].port", .int(number), "must be between 1 and 65535, inclusive"))
                }
                if ports.count > 1, (port["name"]?.string ?? "").isEmpty {
                    faults.append(.required("spec.ports[\(index)].name"))
                }
            }
            return faults
        }
        return rules
    }

    /// An address in the usual service network, the same for the same uid.
    private static func clusterAddress(_ uid: String) -> String {
        let hash = uid.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "10.96.\(hash >> 8 & 255).\(hash & 255)"
    }

    static var namespace: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.nameFault = { Names.labelFault($0) }
        rules.complete = { object in
            guard let name = object["metadata", "name"] else { return }
            object.modify("metadata") { metadata in
                metadata.modify("labels", creating: true) { $0.set("kubernetes.io/metadata.name", name) }
            }
        }
        rules.create = { object in
            object.modify("spec", creating: true) { spec in
                var finalizers = spec["finalizers"]?.array ?? []
                if !finalizers.contains(.string("kubernetes")) { finalizers.append(.string("kubernetes")) }
                spec.set("finalizers", .array(finalizers))
            }
            object.set("status", .dict(("phase", .string("Active"))))
        }
        rules.update = { object, old in object.set("spec", old["spec"]) }
        return rules
    }

    static var lease: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.validate = { object in
            var faults: [FieldError] = []
            if let seconds = object["spec", "leaseDurationSeconds"]?.int, seconds <= 0 {
                faults.append(.invalid("spec.leaseDurationSeconds", .int(seconds), "must be greater than 0"))
            }
            if let transitions = object["spec", "leaseTransitions"]?.int, transitions < 0 {
                faults.append(
                    .invalid("spec.leaseTransitions", .int(transitions), "must be greater than or equal to 0"))
            }
            return faults
        }
        return rules
    }

    static var role: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.nameFault = { Names.pathSegmentFault($0) }
        return rules
    }

    static var roleBinding: ResourceKind.Rules {
        var rules = role
        rules.complete = { object in
            object.modify("roleRef") { $0.setDefault("apiGroup", .string("rbac.authorization.k8s.io")) }
            object.modifyEach("subjects") { subject in
                guard let kind = subject["kind"]?.string, kind == "User" || kind == "Group" else { return }
                subject.setDefault("apiGroup", .string("rbac.authorization.k8s.io"))
            }
        }
        rules.validateUpdate = { new, old in
            new["roleRef"] == old["roleRef"]
                ? [] : [.invalid("roleRef", new["roleRef"], "cannot change roleRef")]
        }
        return rules
    }
}
