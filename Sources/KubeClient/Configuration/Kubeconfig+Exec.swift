extension ExecPlugin {
    /// Reads the `exec` part of a user; `cluster` is the entry that `configuration` was made from.
    init(_ field: KubeconfigField, cluster: KubeconfigField, configuration: KubeConfiguration) throws(KubeError) {
        guard let command = try field.command() else { throw field.error("names no command") }
        guard let apiVersion = try field.string("apiVersion"), let member = try field.member("apiVersion") else {
            throw field.error("names no apiVersion; set it to \(Version.v1.rawValue)")
        }
        guard let version = Version(rawValue: apiVersion) else {
            throw member.error("must be \(Version.v1.rawValue) or \(Version.v1beta1.rawValue)")
        }
        self.init(command: command, version: version)
        arguments = try field.strings("args")
        for variable in try field.elements("env") {
            guard let name = try variable.string("name") else { throw variable.error("has no name") }
            environment[name] = try variable.string("value") ?? ""
        }
        installHint = try field.string("installHint")
        if let mode = try field.string("interactiveMode"), let member = try field.member("interactiveMode") {
            guard let mode = InteractiveMode(rawValue: mode) else {
                throw member.error("must be Never, IfAvailable or Always")
            }
            interactiveMode = mode
        } else if version == .v1 {
            throw field.error("names no interactiveMode, which v1 demands; set it to Never, IfAvailable or Always")
        }
        if try field.bool("provideClusterInfo") {
            self.cluster = Cluster(
                server: configuration.server, serverName: configuration.tls.serverName,
                skipsVerification: configuration.tls.skipsVerification,
                certificateAuthority: configuration.tls.certificateAuthority, proxyURL: configuration.proxyURL,
                extra: try Self.extra(of: cluster))
        }
    }

    private static func extra(of cluster: KubeconfigField) throws(KubeError) -> JSONValue? {
        for element in try cluster.elements("extensions")
        where try element.string("name") == "client.authentication.k8s.io/exec" {
            return try element.member("extension")?.node.jsonValue
        }
        return nil
    }
}

extension KubeconfigField {
    /// The program of a plugin: a path relative to the file's own folder, or a name without a slash to search in `PATH`.
    fileprivate func command() throws(KubeError) -> String? {
        guard let command = try string("command") else { return nil }
        return command.contains("/") ? try filePath("command") : command
    }
}
