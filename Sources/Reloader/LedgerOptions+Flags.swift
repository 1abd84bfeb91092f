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

extension ReloaderFlags {
    /// The name that ``ledger`` gives; nil when it gives none.
    package var ledgerName: String? { ledger == "auto" || ledger == "off" ? nil : ledger }
}
