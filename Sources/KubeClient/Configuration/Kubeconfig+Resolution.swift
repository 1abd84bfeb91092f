extension Kubeconfig {
    /// The configuration that a context stands for; `nil` takes the current one.
    func configuration(
        context override: String?, system: KubeConfiguration.System
    ) throws(KubeError) -> KubeConfiguration {
        let name: String
        if let override {
            name = override
        } else if case .string(let current)? = currentContext?.node.content {
            name = current
        } else {
            throw KubeError(
                .configuration,
                "kubeconfig: no current-context is set; choose one of \(Self.list(contexts.keys)) "
                    + "(kubectl config use-context NAME)")
        }
        guard let context = contexts[name] else {
            let reason = "there is no context \(name); the contexts are \(Self.list(contexts.keys))"
            if override == nil, let currentContext { throw currentContext.error(reason) }
            throw KubeError(.configuration, "kubeconfig: \(reason)")
        }
        guard let clusterName = try context.string("cluster") else { throw context.error("names no cluster") }
        guard let cluster = clusters[clusterName] else {
            throw context.error("there is no cluster \(clusterName); the clusters are \(Self.list(clusters.keys))")
        }
        // A user that does not exist is anonymous, as in client-go.
        let user = try context.string("user").flatMap { users[$0] }
        var configuration = try KubeconfigCluster(cluster, files: system.files).configuration(
            identity: user.map { (user) throws(KubeError) in try Self.identity(user, files: system.files) } ?? nil)
        configuration.tls.files.certificateAuthority = try cluster.dataFile("certificate-authority")
        configuration.namespace = try context.string("namespace")
        if let user {
            configuration.tls.files.clientCertificate = try user.dataFile("client-certificate")
            configuration.tls.files.clientKey = try user.dataFile("client-key")
            configuration.credentials = try Self.credentials(user, cluster, configuration, system: system)
            configuration.impersonation = try Self.impersonation(user)
        }
        return configuration
    }

    private static func list(_ names: some Collection<String>) -> String {
        names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
    }

    private static func identity(_ user: KubeconfigField, files: FileReader) throws(KubeError) -> ClientIdentity? {
        let certificate = try user.data("client-certificate", files: files)
        let key = try user.data("client-key", files: files)
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            guard PEM.holdsCertificate(certificate) else {
                throw user.error("client-certificate holds no PEM certificate")
            }
            guard PEM.holdsPrivateKey(key) else { throw user.error("client-key holds no PEM private key") }
            return ClientIdentity(certificate: certificate, privateKey: key)
        case (_?, nil):
            throw user.error("has a client-certificate but no client-key; set client-key or client-key-data")
        case (nil, _?):
            throw user.error(
                "has a client-key but no client-certificate; set client-certificate or client-certificate-data")
        }
    }

    /// A token file goes before a token, and both exclude a password, as in client-go.
    private static func credentials(
        _ user: KubeconfigField, _ cluster: KubeconfigField, _ configuration: KubeConfiguration,
        system: KubeConfiguration.System
    ) throws(KubeError) -> any Credentials {
        let token = try user.string("token")
        let tokenFile = try user.filePath("tokenFile")
        let name = try user.string("username")
        let password = try user.string("password")
        if let name {
            guard token == nil, tokenFile == nil else {
                throw user.error("has both a token and a username; keep one of them")
            }
            return BasicCredentials(username: name, password: password ?? "")
        }
        if let tokenFile {
            let credentials = TokenFile(
                path: tokenFile, fallback: token, clock: system.clock, files: system.files)
            do {
                if token == nil { try credentials.check() }
            } catch {
                throw user.error("tokenFile: \(error.message)")
            }
            return credentials
        }
        if let token {
            guard let credentials = BearerToken(token) else {
                throw user.error("token: holds characters that no HTTP header can carry")
            }
            return credentials
        }
        // Like client-go, plug-ins count only when nothing else authenticates.
        if try user.member("client-certificate") != nil { return NoCredentials() }
        if try user.member("client-certificate-data") != nil { return NoCredentials() }
        let plugin = try user.member("exec")
        if let provider = try user.member("auth-provider") {
            guard plugin == nil else { throw provider.error("cannot stand beside exec; remove one of them") }
            let reason = provider.error(
                "auth providers are gone from Kubernetes; use exec, a token, tokenFile or client-certificate")
            throw KubeError(.credentials, reason.message)
        }
        guard let plugin else { return NoCredentials() }
        return system.execCredentials(try ExecPlugin(plugin, cluster: cluster, configuration: configuration))
    }

    private static func impersonation(_ user: KubeconfigField) throws(KubeError) -> Impersonation? {
        let (name, uid) = (try user.string("as"), try user.string("as-uid"))
        let groups = try user.strings("as-groups")
        let extra = try user.member("as-user-extra")
        guard let name else {
            guard uid == nil, groups.isEmpty, extra == nil else {
                throw user.error("as-uid, as-groups and as-user-extra need the user name in as")
            }
            return nil
        }
        var attributes: [(key: String, values: [String])] = []
        if let extra {
            guard case .mapping(let members) = extra.node.content else { throw extra.error("must be a mapping") }
            for member in members { attributes.append((member.name, try extra.strings(member.name))) }
        }
        return Impersonation(user: name, uid: uid, groups: groups, extra: attributes)
    }
}

/// The `cluster` part of a kubeconfig: where the server is and how it proves itself.
private struct KubeconfigCluster {
    let field: KubeconfigField
    let files: FileReader

    init(_ field: KubeconfigField, files: FileReader) {
        self.field = field
        self.files = files
    }

    func configuration(identity: ClientIdentity?) throws(KubeError) -> KubeConfiguration {
        let tls = TLSSettings(
            certificateAuthority: try field.data("certificate-authority", files: files), clientIdentity: identity,
            serverName: try field.string("tls-server-name"),
            skipsVerification: try field.bool("insecure-skip-tls-verify"))
        if let authority = tls.certificateAuthority {
            guard PEM.holdsCertificate(authority) else {
                throw field.error("certificate-authority holds no PEM certificate")
            }
            guard !tls.skipsVerification else {
                throw field.error(
                    "has both certificate-authority and insecure-skip-tls-verify: true; remove the second to be safe")
            }
        }
        if tls.serverName?.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ":") }) == true {
            throw field.error("tls-server-name is not a host name")
        }
        guard let server = try field.string("server"), let member = try field.member("server") else {
            throw field.error("names no server; set server to the URL of the API server")
        }
        let assumingSecure = tls.certificateAuthority != nil || identity != nil || tls.skipsVerification
        guard let address = ServerAddress(server, assumingSecure: assumingSecure) else {
            throw member.error("is not a server URL such as https://host:6443")
        }
        var configuration = KubeConfiguration(server: address.description, tls: tls, proxyURL: try proxyURL())
        if tls.skipsVerification {
            configuration.warnings.append(
                "kubeconfig \(field.file):\(field.node.line): insecure-skip-tls-verify is on: "
                    + "the server's certificate is not verified")
        }
        return configuration
    }

    private func proxyURL() throws(KubeError) -> String? {
        guard let url = try field.string("proxy-url"), let member = try field.member("proxy-url") else { return nil }
        if let refusal = ProxySettings.refusal(of: url) { throw member.error(refusal) }
        return url
    }
}
