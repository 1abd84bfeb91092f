import CBuildInfo
import KubeClient
import ReloaderCore

extension MetaInfo {
    /// What the flags and the environment say about this installation; nil when `RELOADER_NAMESPACE` is not set.
    package init?(_ flags: ReloaderFlags, environment: [String: String]) {
        guard let namespace = environment["RELOADER_NAMESPACE"], !namespace.isEmpty else { return nil }
        self.init(
            namespace: namespace, deploymentName: environment["RELOADER_DEPLOYMENT_NAME", default: ""],
            build: Build(
                release: reloaderVersion, commit: unsafe String(cString: reloader_commit()),
                commitTime: unsafe String(cString: reloader_commit_time())),
            options: Self.options(flags, environment: environment))
    }

    // v1.4.21's names and order, and at the end what it leaves out. What can hold a token is shortened to what cannot.
    private static func options(_ flags: ReloaderFlags, environment: [String: String]) -> JSONObject {
        let fixed = AnnotationKeys()
        return [
            "autoReloadAll": .bool(flags.autoReloadAll),
            "configmapUpdateOnChangeAnnotation": .string(flags.configMapAnnotation),
            "secretUpdateOnChangeAnnotation": .string(flags.secretAnnotation),
            "secretProviderClassUpdateOnChangeAnnotation": .string(fixed.secretProviderClassReload),
            "reloaderAutoAnnotation": .string(flags.autoAnnotation),
            "ignoreResourceAnnotation": .string(flags.ignoreAnnotation),
            "configmapReloaderAutoAnnotation": .string(flags.configMapAutoAnnotation),
            "secretReloaderAutoAnnotation": .string(flags.secretAutoAnnotation),
            "secretProviderClassReloaderAutoAnnotation": .string(fixed.secretProviderClassAuto),
            "configmapExcludeReloaderAnnotation": .string(fixed.configMapExclude),
            "secretExcludeReloaderAnnotation": .string(fixed.secretExclude),
            "secretProviderClassExcludeReloaderAnnotation": .string(fixed.secretProviderClassExclude),
            "autoSearchAnnotation": .string(flags.searchAnnotation),
            "searchMatchAnnotation": .string(flags.matchAnnotation),
            "rolloutStrategyAnnotation": .string(fixed.rolloutStrategy),
            "pauseDeploymentAnnotation": .string(flags.pauseAnnotation),
            "pauseDeploymentTimeAnnotation": .string(flags.pausedAtAnnotation),
            "logFormat": .string(flags.logFormat),
            "logLevel": .string(flags.logLevel),
            "isArgoRollouts": .bool(isTrue(flags.isArgoRollouts)),
            "reloadStrategy": .string(flags.reloadStrategy),
            "reloadOnCreate": .bool(isTrue(flags.reloadOnCreate)),
            "reloadOnDelete": .bool(isTrue(flags.reloadOnDelete)),
            "syncAfterRestart": .bool(flags.syncAfterRestart),
            "enableHA": .bool(flags.enableHA),
            "enableCSIIntegration": .bool(flags.enableCSIIntegration),
            "webhookUrl": .string(EndpointURL(flags.webhookURL)?.description ?? ""),
            "resourcesToIgnore": list(flags.resourcesToIgnore),
            "workloadTypesToIgnore": list(flags.ignoredWorkloadTypes),
            "namespaceSelectors": list(flags.namespaceSelector.map(modernizedSelectorItem)),
            "resourceSelectors": list(flags.resourceLabelSelector.map(modernizedSelectorItem)),
            "namespacesToIgnore": list(flags.namespacesToIgnore),
            "enablePProf": .bool(flags.enablePprof),
            "pprofAddr": .string(flags.pprofAddress),
            "namespaces": list(flags.watchedNamespaces(environment: environment)),
        ]
    }

    // The words that v1.4.21 reports as true; it acts on "true" alone, and so does this program.
    private static func isTrue(_ text: String) -> Bool { (try? goBool(text)) ?? false }

    private static func list(_ items: [String]) -> JSONValue { .array(items.map { .string($0) }) }
}
