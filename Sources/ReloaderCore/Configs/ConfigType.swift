public import KubeClient

/// The kinds of objects whose change restarts workloads.
public enum ConfigType: UInt8, Hashable, Sendable, CaseIterable {
    /// `v1 ConfigMap`.
    case configMap
    /// `v1 Secret`.
    case secret
    /// `secrets-store.csi.x-k8s.io/v1 SecretProviderClass`, observed through its per-pod status objects.
    case secretProviderClass

    /// The word in marker names, annotations, logs, Events and alerts: `CONFIGMAP` and so on.
    public var tag: String {
        switch self {
        case .configMap: "CONFIGMAP"
        case .secret: "SECRET"
        case .secretProviderClass: "SECRETPROVIDERCLASS"
        }
    }

    /// The type with this ``tag``.
    public init?(tag: some StringProtocol) {
        guard let type = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
        self = type
    }

    /// What is watched to learn of changes.
    public var watchedResource: APIResource {
        switch self {
        case .configMap: .configMaps
        case .secret: .secrets
        case .secretProviderClass:
            APIResource(
                group: "secrets-store.csi.x-k8s.io", version: "v1", plural: "secretproviderclasspodstatuses",
                kind: "SecretProviderClassPodStatus")
        }
    }

    /// Whether creations and deletions can reload; pods that mount a class start with what it holds.
    var countsWhenCreated: Bool { self != .secretProviderClass }

    /// `source.component` of the Events about workloads that this type restarted.
    public var eventSource: String { "reloader-\(watchedResource.plural)" }
}

extension ConfigType: CustomStringConvertible {
    /// ``tag``.
    public var description: String { tag }
}
