public import ControllerKit
import KubeClient

extension ReloaderOptions {
    /// What the account needs for what these options ask, with what each missing right costs.
    ///
    /// For `ControllerManager.checkPermissions`. Without leader election, whose rights its elector declares. Optional is what
    /// v1.4.21's RBAC does not grant, and what only tells people something.
    public var permissions: [PermissionRule] {
        scopes.flatMap { configRules($0) + (webhook == nil ? workloadRules($0) : resumeRules($0)) } + namespaceRules
            + ownRules
    }

    private func configRules(_ scope: Scope) -> [PermissionRule] {
        let rules = configTypes.map { type in
            PermissionRule(
                type.watchedResource, verbs: ["list", "watch"], in: scope,
                why: "to notice changes; without it no change of \(type.watchedResource.plural) reloads anything",
                ifServed: type == .secretProviderClass)
        }
        guard configTypes.contains(.secretProviderClass) else { return rules }
        return rules + [
            PermissionRule(
                ProviderClass.apiResource, verbs: ["list", "watch"], in: scope,
                why: "to read the annotations of classes; without it they count for nothing", isOptional: true,
                ifServed: true)
        ]
    }

    private func workloadRules(_ scope: Scope) -> [PermissionRule] {
        let reads = workloadKinds.flatMap { kind in
            let plural = kind.resource.plural
            return [
                PermissionRule(
                    kind.resource, verbs: ["list"], in: scope,
                    why: "to find the \(plural) that use a changed config; without it none of them is reloaded",
                    ifServed: kind.isExtension),
                PermissionRule(
                    kind.resource, verbs: ["watch"], in: scope,
                    why: "to know the \(plural) at all times; without it they are listed for each change",
                    isOptional: true, ifServed: kind.isExtension),
            ]
        }
        let events = PermissionRule(
            .events, verbs: ["create", "patch"], in: scope,
            why: "to tell of reloads in kubectl describe; without it only the log and the metrics do", isOptional: true)
        return reads + (dryRun ? [] : workloadKinds.flatMap { writeRules($0, scope) }) + [events]
    }

    private func writeRules(_ kind: WorkloadKind, _ scope: Scope) -> [PermissionRule] {
        let plural = kind.resource.plural
        switch kind.writeMethod {
        case .patch:
            let patch = PermissionRule(
                kind.resource, verbs: ["patch"], in: scope, why: "to reload \(plural)", ifServed: kind.isExtension)
            guard kind == .deployment else { return [patch] }
            let get = PermissionRule(
                kind.resource, verbs: ["get"], in: scope,
                why: "to resume \(plural) after their pause period; without it they stay paused", isOptional: true)
            return [patch, get]
        case .newRun:
            return [
                PermissionRule(kind.resource, verbs: ["get"], in: scope, why: "to read the Job that a \(kind) makes"),
                PermissionRule(.jobs, verbs: ["create"], in: scope, why: "to start a Job of a \(kind)"),
            ]
        case .recreation:
            return [
                PermissionRule(
                    kind.resource, verbs: ["get", "delete", "create"], in: scope, why: "to create \(plural) again")
            ]
        case .rolloutPatch:
            return [
                PermissionRule(
                    kind.resource, verbs: ["get", "patch"], in: scope, why: "to reload \(plural)",
                    ifServed: kind.isExtension)
            ]
        }
    }

    /// In webhook mode: what an earlier run has paused must not stay so.
    private func resumeRules(_ scope: Scope) -> [PermissionRule] {
        guard !dryRun else { return [] }
        return [
            PermissionRule(
                .deployments, verbs: ["list", "get", "patch"], in: scope,
                why: "to resume deployments that an earlier run has paused; without it they stay paused",
                isOptional: true)
        ]
    }

    private var namespaceRules: [PermissionRule] {
        guard case .all = namespaces, namespaceSelector != nil else { return [] }
        return [
            PermissionRule(
                .namespaces, verbs: ["list", "watch"],
                why: "to know which namespaces have the labels of --namespace-selector; without it nothing is reloaded")
        ]
    }

    private var ownRules: [PermissionRule] {
        guard !dryRun else { return [] }
        func rules(_ name: String, _ namespace: String, _ why: String) -> [PermissionRule] {
            let scope = Scope.namespace(namespace)
            return [
                // RBAC cannot restrict creation to a name.
                PermissionRule(.configMaps, verbs: ["create"], in: scope, why: why, isOptional: true),
                PermissionRule(
                    .configMaps, verbs: ["get", "update"], in: scope, name: name, why: why, isOptional: true),
            ]
        }
        let info = metaInfo.map { info in
            rules(
                info.key.name, info.key.namespace,
                "to say in the ConfigMap \(info.key.name) what runs here; nothing depends on it")
        }
        let ledger = ledger.map { ledger in
            rules(
                ledger.name, ledger.namespace,
                "to remember in the ConfigMap \(ledger.name) what is applied; without it changes during a restart are lost"
            )
        }
        return (info ?? []) + (ledger ?? [])
    }
}

extension WorkloadKind {
    /// Whether servers without the kind are common, flag or not.
    fileprivate var isExtension: Bool { mayBeMissing || writeMethod == .rolloutPatch }
}
