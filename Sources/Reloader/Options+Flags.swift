import KubeClient
import ReloaderCore

extension ReloaderOptions {
    /// What the flags and the environment ask for.
    init(_ flags: ReloaderFlags, environment: [String: String]) {
        var keys = AnnotationKeys()
        keys.configMapReload = flags.configMapAnnotation
        keys.secretReload = flags.secretAnnotation
        keys.auto = flags.autoAnnotation
        keys.configMapAuto = flags.configMapAutoAnnotation
        keys.secretAuto = flags.secretAutoAnnotation
        keys.ignore = flags.ignoreAnnotation
        keys.search = flags.searchAnnotation
        keys.match = flags.matchAnnotation
        keys.pausePeriod = flags.pauseAnnotation
        keys.pausedAt = flags.pausedAtAnnotation

        let named = flags.watchedNamespaces(environment: environment)
        let namespaces: Namespaces =
            named.isEmpty ? .all(except: Set(flags.namespacesToIgnore)) : .only(named.uniqued())
        var configTypes: [ConfigType] =
            switch flags.ignoredConfigKind {
            case .configMaps: [.secret]
            case .secrets: [.configMap]
            case nil: [.configMap, .secret]
            }
        if flags.enableCSIIntegration { configTypes.append(.secretProviderClass) }
        // The older flag says less and means no, so it wins.
        let ignoredTypes = flags.ignoredWorkloadTypes
        let cronJobPolicy = ignoredTypes.contains("cronjobs") ? .ignore : CronJobPolicy(rawValue: flags.cronJobPolicy)
        let jobPolicy = ignoredTypes.contains("jobs") ? .ignore : JobPolicy(rawValue: flags.jobPolicy)
        self.init(
            annotationKeys: keys, autoReloadAll: flags.autoReloadAll, strategy: flags.strategy, namespaces: namespaces,
            namespaceSelector: labelSelector(ofItems: flags.namespaceSelector),
            configTypes: configTypes, configLabelSelector: labelSelector(ofItems: flags.resourceLabelSelector),
            secretFieldSelector: flags.secretFieldSelector.isEmpty ? nil : flags.secretFieldSelector,
            reloadOnCreate: flags.reloadsOnCreate, reloadOnDelete: flags.reloadsOnDelete,
            syncAfterRestart: flags.syncAfterRestart, reloadDelay: flags.reloadDelay,
            // Whoever asks for a longer delay than the default's limit means it.
            reloadMaxDelay: max(flags.reloadMaxDelay, flags.reloadDelay), cronJobPolicy: cronJobPolicy ?? .run,
            jobPolicy: jobPolicy ?? .recreate, argoRollouts: flags.processesArgoRollouts)
        dryRun = flags.dryRun
        webhook = WebhookOptions(url: flags.webhookURL)
        metaInfo = MetaInfo(flags, environment: environment)
    }

    /// What v1.4.21 says about its mode at start, with its levels.
    func announcements(_ flags: ReloaderFlags) -> [(isWarning: Bool, text: String)] {
        var lines: [(isWarning: Bool, text: String)] = []
        switch namespaces {
        case .only(let names):
            if !flags.namespaces.isEmpty {
                lines.append((false, "Watching scoped namespaces: \(names.joined(separator: ", "))"))
            }
            if !flags.namespacesToIgnore.isEmpty {
                lines.append(
                    (
                        true,
                        "namespaces-to-ignore is set but is only honored in global mode (watchGlobally=true); ignoring it."
                    ))
            }
        case .all(let ignored):
            let exception = ignored.isEmpty ? "" : " except: \(flags.namespacesToIgnore.joined(separator: ", "))"
            lines.append((true, "KUBERNETES_NAMESPACE is unset, will detect changes in all namespaces\(exception)."))
        }
        if case .all = namespaces, let namespaceSelector {
            lines.append(
                (
                    true,
                    "namespace-selector is set, will only detect changes in namespaces with these labels: \(namespaceSelector)."
                ))
        }
        if let configLabelSelector {
            lines.append(
                (
                    true,
                    "resource-label-selector is set, will only detect changes on resources with these labels: \(configLabelSelector)."
                ))
        }
        if dryRun {
            lines.append((true, "dry-run is set, will only tell what would be reloaded, nothing will be written"))
        }
        if webhook != nil {
            lines.append((true, "webhook-url is set, will only send webhook, no resources will be reloaded"))
        }
        if metaInfo == nil, !dryRun {
            lines.append((true, "RELOADER_NAMESPACE is not set, skipping meta info configmap creation"))
        }
        if ledger == nil, flags.ledger != "off", webhook == nil, !dryRun {
            lines.append(
                (
                    true,
                    "What changes while no Reloader runs will not be seen, because its own namespace is not known: set RELOADER_NAMESPACE, or turn this off with --ledger=off"
                ))
        }
        let scopes: [String] =
            switch namespaces {
            case .all: [""]
            case .only(let names): names
            }
        // Whether there are classes to watch is known later; then it is told.
        var resources = configTypes.filter { $0 != .secretProviderClass }.map(\.watchedResource.plural)
        if case .all = namespaces, namespaceSelector != nil { resources.append("namespaces") }
        for scope in scopes {
            for resource in resources {
                lines.append((false, "created controller for: \(resource)"))
                // With leader election they start later, or never.
                guard !flags.enableHA || dryRun else { continue }
                lines.append(
                    (false, "Starting Controller to watch resource type: \(resource) in namespace: \(scope)"))
            }
        }
        if !flags.enableCSIIntegration {
            lines.append(
                (false, "Skipping secretproviderclasspodstatuses controller: EnableCSIIntegration is disabled"))
        }
        return lines
    }
}

extension Array where Element: Hashable {
    /// The elements in order, each once.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
