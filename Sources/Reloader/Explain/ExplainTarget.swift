package import ReloaderCore

/// What `explain` is asked about: a kind by any of the names that kubectl takes for it, and the object's name.
package struct ExplainTarget: Hashable, Sendable {
    /// A kind that can be explained.
    package enum Kind: Hashable, Sendable {
        /// A workload, by the name of its kind.
        case workload(String)
        /// A config.
        case config(ConfigType)
    }

    /// The kind.
    package var kind: Kind
    /// The object's name.
    package var name: String

    private static let names: [(kind: Kind, names: [String])] = [
        (.workload("Deployment"), ["deployment", "deployments", "deploy"]),
        (.workload("StatefulSet"), ["statefulset", "statefulsets", "sts"]),
        (.workload("DaemonSet"), ["daemonset", "daemonsets", "ds"]),
        (.workload("CronJob"), ["cronjob", "cronjobs", "cj"]),
        (.workload("Job"), ["job", "jobs"]),
        (.workload("Rollout"), ["rollout", "rollouts", "ro"]),
        (.workload("DeploymentConfig"), ["deploymentconfig", "deploymentconfigs", "dc"]),
        (.config(.configMap), ["configmap", "configmaps", "cm"]),
        (.config(.secret), ["secret", "secrets"]),
        (.config(.secretProviderClass), ["secretproviderclass", "secretproviderclasses", "spc"]),
    ]

    /// Reads `kind/name`, or the two as words; throws what to say instead.
    init(words: [String]) throws(FlagValueError) {
        var parts = words
        if words.count == 1, let word = words.first {
            parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) }) else {
            throw FlagValueError(
                words.isEmpty
                    ? "explain needs to know what: a kind and a name, such as deploy/web or configmap/app-config"
                    : "explain takes one kind and one name, such as deploy/web or configmap/app-config, not "
                        + goQuoted(words.joined(separator: " ")))
        }
        // `deployments.apps` and `deployments.v1.apps` say the same.
        let word = parts[0].lowercased().prefix { $0 != "." }
        guard let kind = Self.names.first(where: { $0.names.contains(String(word)) })?.kind else {
            let all = Self.names.map { $0.names[0] }.joined(separator: ", ")
            throw FlagValueError("explain knows no kind \(goQuoted(parts[0])); it knows \(all)")
        }
        self.kind = kind
        name = parts[1]
    }
}
