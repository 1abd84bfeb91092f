/// Where a Reloader remembers, across its restarts, which contents the workloads run with.
public struct LedgerOptions: Hashable, Sendable {
    /// The namespace of the ConfigMaps, which is Reloader's own.
    public var namespace: String
    /// The name of the first one; further ones have a number behind it.
    ///
    /// Two installations in one namespace need two names.
    public var name: String
    /// How far apart writes are at least.
    public var interval: Duration

    /// Creates options.
    public init(namespace: String, name: String = "reloader-ledger", interval: Duration = .seconds(2)) {
        self.namespace = namespace
        self.name = name
        self.interval = interval
    }

    /// Whether a config is part of the ledger.
    func owns(_ config: ConfigKey) -> Bool {
        guard config.type == .configMap, config.namespace == namespace, config.name.hasPrefix(name) else {
            return false
        }
        let rest = config.name.dropFirst(name.count)
        return rest.isEmpty || rest.first == "-" && Int(rest.dropFirst()) != nil
    }
}
