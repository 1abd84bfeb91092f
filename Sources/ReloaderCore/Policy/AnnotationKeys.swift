/// The annotation keys that Reloader reads and writes; those with a flag can be changed.
///
/// A changed key replaces the default one, which then means nothing.
public struct AnnotationKeys: Hashable, Sendable {
    /// Workload: named-reload list of ConfigMaps.
    public var configMapReload = "configmap.reloader.stakater.com/reload"
    /// Workload: named-reload list of Secrets.
    public var secretReload = "secret.reloader.stakater.com/reload"
    /// Workload: named-reload list of SecretProviderClasses; no flag.
    public var secretProviderClassReload = "secretproviderclass.reloader.stakater.com/reload"
    /// Workload: reload for everything that is referenced.
    public var auto = "reloader.stakater.com/auto"
    /// Workload: reload for every referenced ConfigMap.
    public var configMapAuto = "configmap.reloader.stakater.com/auto"
    /// Workload: reload for every referenced Secret.
    public var secretAuto = "secret.reloader.stakater.com/auto"
    /// Workload: reload for every referenced SecretProviderClass; no flag.
    public var secretProviderClassAuto = "secretproviderclass.reloader.stakater.com/auto"
    /// Config: nothing is reloaded because of it.
    public var ignore = "reloader.stakater.com/ignore"
    /// Workload: reload for referenced configs that carry ``match``.
    public var search = "reloader.stakater.com/search"
    /// Config: counterpart of ``search``.
    public var match = "reloader.stakater.com/match"
    /// Workload: names of ConfigMaps that never reload it; no flag.
    public var configMapExclude = "configmaps.exclude.reloader.stakater.com/reload"
    /// Workload: names of Secrets that never reload it; no flag.
    public var secretExclude = "secrets.exclude.reloader.stakater.com/reload"
    /// Workload: names of SecretProviderClasses that never reload it; no flag.
    public var secretProviderClassExclude = "secretproviderclasses.exclude.reloader.stakater.com/reload"
    /// Deployment: how long to hold further rollouts back after a reload.
    public var pausePeriod = "deployment.reloader.stakater.com/pause-period"
    /// Deployment: written when it is paused.
    public var pausedAt = "deployment.reloader.stakater.com/paused-at"
    /// Rollout: `restart` or `rollout`; no flag.
    public var rolloutStrategy = "reloader.stakater.com/rollout-strategy"
    /// Pod template: written by the annotations strategy; no flag.
    public var lastReloadedFrom = "reloader.stakater.com/last-reloaded-from"

    /// The default keys.
    public init() {}

    /// The key of the named-reload list for configs of this type.
    public func reload(_ type: ConfigType) -> String {
        switch type {
        case .configMap: configMapReload
        case .secret: secretReload
        case .secretProviderClass: secretProviderClassReload
        }
    }

    /// The key of the auto switch for configs of this type alone.
    public func auto(_ type: ConfigType) -> String {
        switch type {
        case .configMap: configMapAuto
        case .secret: secretAuto
        case .secretProviderClass: secretProviderClassAuto
        }
    }

    /// The four keys that opt a workload in for configs of this type; read from one place, the workload or its template.
    func optIn(_ type: ConfigType) -> [String] { [reload(type), auto, auto(type), search] }

    /// The key of the exclude list for configs of this type.
    public func exclude(_ type: ConfigType) -> String {
        switch type {
        case .configMap: configMapExclude
        case .secret: secretExclude
        case .secretProviderClass: secretProviderClassExclude
        }
    }
}
