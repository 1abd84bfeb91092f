/// One value of the reverse index from configs to workloads.
///
/// A workload is indexed under ``ReloadPolicy/indexKeys(for:)``; the workloads that a changed config may concern are those
/// found under any of ``lookup(for:)``. The policy then decides about each.
public enum ConfigIndexKey: Hashable, Sendable {
    /// The workload uses or names exactly this config.
    case config(ConfigKey)
    /// The workload names configs of this type by patterns, or uses those of a template that lies elsewhere, in this
    /// namespace.
    case patterns(ConfigType, namespace: String)

    /// The values to look up when a config changes.
    public static func lookup(for config: ConfigKey) -> [ConfigIndexKey] {
        [.config(config), .patterns(config.type, namespace: config.namespace)]
    }
}
