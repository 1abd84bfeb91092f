import KubeClient

/// The configs of one namespace, as far as they could be read.
package struct ConfigCatalog: Sendable {
    /// What was found of one type.
    struct Listing: Sendable {
        /// The configs by name.
        var objects: [String: ConfigObject] = [:]
        /// Those that have the labels that watched configs must have; nil for all.
        var selected: Set<String>?
        /// Those whose content cannot be told, because no pod has mounted them.
        var unmounted: Set<String> = []
        /// Those that pods have mounted although they do not exist.
        var undefined: Set<String> = []
        /// Why there is nothing.
        var failure: String?
        /// Why annotations are missing.
        var shortcoming: String?
    }

    private let namespace: String
    private let listings: [ConfigType: Listing]

    init(namespace: String, _ listings: [ConfigType: Listing]) {
        self.namespace = namespace
        self.listings = listings
    }

    /// What is known of a config.
    func standing(_ name: ConfigName) -> ConfigStanding {
        let key = ConfigKey(name, in: namespace)
        guard let listing = listings[name.type] else {
            return ConfigStanding(key: key, state: .unknown("\(name.type.watchedResource.plural) are not read"))
        }
        if let failure = listing.failure { return ConfigStanding(key: key, state: .unknown(failure)) }
        guard let object = listing.objects[name.name] else { return ConfigStanding(key: key, state: .absent) }
        return ConfigStanding(
            key: key, state: .present(object), isSelected: listing.selected?.contains(name.name) ?? true,
            isContentKnown: !listing.unmounted.contains(name.name), isDefined: !listing.undefined.contains(name.name))
    }

    /// The names of all configs.
    var names: [ConfigName] {
        listings.flatMap { type, listing in listing.objects.keys.map { ConfigName(type, $0) } }
    }

    /// What could not be read, a sentence each.
    var failures: [String] { listings.values.flatMap { [$0.failure, $0.shortcoming].compactMap(\.self) }.sorted() }
}
