extension KubeConfiguration {
    /// Finds the configuration as every Kubernetes tool does.
    ///
    /// 1. The files of `KUBECONFIG`, separated by colons and merged as client-go merges them.
    /// 2. Without `KUBECONFIG`, `~/.kube/config`.
    /// 3. When none of these files exists or they are empty, the service account of the pod.
    ///
    /// Without a `proxy-url`, `HTTPS_PROXY` and `NO_PROXY` of `environment` count, in either case.
    ///
    /// `context` picks a context by name instead of the current one. Files are read here, once; token files are read
    /// again later. Throws ``KubeError/Code/configuration`` naming the file, the line and the field, and what to do.
    public static func infer(
        environment: [String: String], context: String? = nil
    ) throws(KubeError) -> KubeConfiguration {
        try infer(environment: environment, context: context, system: .init())
    }

    /// As ``infer(environment:context:)``, by the environment of this process.
    public static func infer(context: String? = nil) throws(KubeError) -> KubeConfiguration {
        try infer(environment: processEnvironment(), context: context)
    }

    /// Reads and merges kubeconfig files: for each name and for `current-context` the first file counts.
    ///
    /// Missing files are passed over as long as one exists. Relative paths inside a file are relative to that file.
    public static func kubeconfig(paths: [String], context: String? = nil) throws(KubeError) -> KubeConfiguration {
        try kubeconfig(paths: paths, context: context, system: .init())
    }

    /// The service account that Kubernetes mounts into each pod.
    ///
    /// `environment` must have `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`.
    public static func inCluster(environment: [String: String]) throws(KubeError) -> KubeConfiguration {
        try inCluster(environment: environment, system: .init())
    }
}

extension KubeConfiguration {
    /// What configurations are made from, besides the environment; injected by tests.
    package struct System: Sendable {
        /// Reads files.
        package var files = FileReader.system
        /// Ages token files.
        package var clock: any Clock<Duration> = ContinuousClock()
        /// Makes credentials from a plugin.
        var execCredentials: @Sendable (ExecPlugin) -> ExecCredentials = { .shared($0) }
        /// Where Kubernetes mounts the service account.
        package var serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

        /// The machine's own files and clock.
        package init() {}
    }

    package static func infer(
        environment: [String: String], context: String?, system: System
    ) throws(KubeError) -> KubeConfiguration {
        var configuration = try find(environment: environment, context: context, system: system)
        try configuration.takeProxy(from: environment)
        return configuration
    }

    /// Goes through the proxy that the environment names, or none, unless the configuration names one.
    private mutating func takeProxy(from environment: [String: String]) throws(KubeError) {
        guard proxyURL == nil, let address = ServerAddress(server) else { return }
        let url = ProxySettings(environment).url(for: address)
        if !url.isEmpty, let refusal = ProxySettings.refusal(of: url) {
            throw KubeError(.configuration, "\(address.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"): \(refusal)")
        }
        proxyURL = url
    }

    private static func find(
        environment: [String: String], context: String?, system: System
    ) throws(KubeError) -> KubeConfiguration {
        let listed = environment["KUBECONFIG"] ?? ""
        let paths: [String]
        if !listed.isEmpty {
            paths = listed.split(separator: ":").map(String.init)
        } else if let home = environment["HOME"], !home.isEmpty {
            paths = ["\(home)/.kube/config"]
        } else {
            paths = []
        }
        let isPod = environment[ServiceAccount.hostVariable] != nil
        // Nobody named the file in the home folder, and a pod may run without the right to look there.
        let kubeconfig = try Kubeconfig(
            paths: paths, files: system.files, passesOver: { $0.isMissing || isPod && listed.isEmpty && $0.isForbidden }
        )
        if !kubeconfig.isEmpty { return try kubeconfig.configuration(context: context, system: system) }
        if isPod {
            return try inCluster(environment: environment, system: system)
        }
        let source = listed.isEmpty ? "" : " (KUBECONFIG)"
        let tried = paths.isEmpty ? "neither KUBECONFIG nor HOME is set" : "\(kubeconfig.absence)\(source)"
        throw KubeError(
            .configuration,
            "no cluster configuration: \(tried), and this is not a pod (\(ServiceAccount.hostVariable) is not set); "
                + "set KUBECONFIG to a kubeconfig file")
    }

    package static func kubeconfig(
        paths: [String], context: String?, system: System
    ) throws(KubeError) -> KubeConfiguration {
        let kubeconfig = try Kubeconfig(paths: paths, files: system.files)
        guard !kubeconfig.isEmpty else {
            throw KubeError(.configuration, "no cluster configuration: \(kubeconfig.absence)")
        }
        return try kubeconfig.configuration(context: context, system: system)
    }

    package static func inCluster(
        environment: [String: String], system: System
    ) throws(KubeError) -> KubeConfiguration {
        try ServiceAccount(environment: environment, system: system).configuration()
    }
}
