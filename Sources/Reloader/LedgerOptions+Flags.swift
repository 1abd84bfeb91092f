import KubeClient
import ReloaderCore

extension LedgerOptions {
    /// Where flags and environment put the ledger; nil when it is off, or when nobody knows Reloader's own namespace.
    ///
    /// That is `RELOADER_NAMESPACE`, else `POD_NAMESPACE`, else the one of the service account: `accountNamespace`, which a
    /// pod finds with its token.
    package init?(_ flags: ReloaderFlags, environment: [String: String], accountNamespace: String? = nil) {
        let known = [environment["RELOADER_NAMESPACE"], environment["POD_NAMESPACE"], accountNamespace]
        guard flags.ledger != "off", flags.webhookURL.isEmpty,
            let namespace = known.lazy.compactMap(\.self).first(where: { !$0.isEmpty })
        else { return nil }
        self.init(namespace: namespace)
        if let name = flags.ledgerName { self.name = name }
    }
}

extension ReloaderOptions {
    /// What the flags and the environment ask for on this cluster, with a ledger in Reloader's own namespace.
    init(_ flags: ReloaderFlags, environment: [String: String], _ configuration: KubeConfiguration) {
        self.init(flags, environment: environment)
        // A kubeconfig's namespace is that of the user's last errand.
        let isPod =
            environment["KUBERNETES_SERVICE_HOST"] != nil && environment["KUBECONFIG", default: ""].isEmpty
            && flags.kubeconfig.isEmpty
        ledger = LedgerOptions(
            flags, environment: environment, accountNamespace: isPod ? configuration.namespace : nil)
    }
}

extension ReloaderFlags {
    /// The name that ``ledger`` gives; nil when it gives none.
    package var ledgerName: String? { ledger == "auto" || ledger == "off" ? nil : ledger }
}
