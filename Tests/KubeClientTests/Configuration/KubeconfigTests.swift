import Synchronization
import TestSupport
import Testing

@testable import KubeClient

private let certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
private let key = "-----BEGIN EC PRIVATE KEY-----\nMII\n-----END EC PRIVATE KEY-----\n"

@Suite struct KubeconfigTests {
    private let files = MemoryFiles()

    private var system: KubeConfiguration.System {
        var system = KubeConfiguration.System()
        system.files = files.reader
        system.clock = StoppedClock()
        return system
    }

    private func load(_ paths: String..., context: String? = nil) throws(KubeError) -> KubeConfiguration {
        try KubeConfiguration.kubeconfig(paths: paths, context: context, system: system)
    }

    private func load(user: String, cluster: String = "{server: https://host:6443}") throws(KubeError)
        -> KubeConfiguration
    {
        files["/k"] = """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts:
            - name: c
              context: {cluster: k, user: u, namespace: apps}
            clusters:
            - name: k
              cluster: \(cluster)
            users:
            - name: u
              user: \(user)
            """
        return try load("/k")
    }

    private func message(_ body: () throws(KubeError) -> KubeConfiguration) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.message
        }
    }

    @Test("context, cluster and user make a configuration")
    func complete() async throws {
        let data = Base64.encode(certificate.utf8)
        let configuration = try load(
            user: "{token: sesame, as: boss, as-groups: [a, b], as-user-extra: {x: [z]}}",
            cluster: "{server: 'https://host:6443/', certificate-authority-data: \(data), tls-server-name: api, "
                + "proxy-url: 'socks5://proxy:1080'}")
        #expect(configuration.server == "https://host:6443")
        #expect(configuration.namespace == "apps")
        #expect(configuration.tls.certificateAuthority == Array(certificate.utf8))
        #expect(configuration.tls.serverName == "api")
        #expect(!configuration.tls.skipsVerification)
        #expect(configuration.proxyURL == "socks5://proxy:1080")
        #expect(try await configuration.credentials.headers().map(\.value) == ["Bearer sesame"])
        #expect(
            configuration.impersonation?.headers.map { "\($0.name): \($0.value)" } == [
                "Impersonate-User: boss", "Impersonate-Group: a", "Impersonate-Group: b", "Impersonate-Extra-x: z",
            ])
        #expect(configuration.warnings.isEmpty)
    }

    @Test("verification is on unless the file says otherwise, which is worth a warning")
    func verification() throws {
        #expect(try !load(user: "{}").tls.skipsVerification)
        let configuration = try load(user: "{}", cluster: "{server: https://h, insecure-skip-tls-verify: true}")
        #expect(configuration.tls.skipsVerification)
        #expect(configuration.warnings.count == 1)
    }

    @Test("without a scheme, TLS settings make the server https")
    func scheme() throws {
        #expect(try load(user: "{}", cluster: "{server: 'h:8080'}").server == "http://h:8080")
        let cluster = "{server: 'h:6443', insecure-skip-tls-verify: true}"
        #expect(try load(user: "{}", cluster: cluster).server == "https://h:6443")
    }

    @Test("files are relative to the kubeconfig that names them, and inline data goes first")
    func relativePaths() throws {
        files["/home/me/.kube/ca.crt"] = certificate
        files["/keys/me.crt"] = certificate
        files["/home/me/keys/me.key"] = key
        files["/home/me/.kube/config"] = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: https://h, certificate-authority: ca.crt}}]
            users: [{name: u, user: {client-certificate: /keys/me.crt, client-key: ../keys/me.key}}]
            """
        files["/home/me/.kube/../keys/me.key"] = key
        let configuration = try load("/home/me/.kube/config")
        #expect(configuration.tls.certificateAuthority == Array(certificate.utf8))
        #expect(configuration.tls.clientIdentity?.certificate == Array(certificate.utf8))
        #expect(configuration.tls.clientIdentity?.privateKey == Array(key.utf8))
        let inline = try load(
            user: "{}",
            cluster: "{server: https://h, certificate-authority: missing, "
                + "certificate-authority-data: \(Base64.encode(certificate.utf8))}")
        #expect(inline.tls.certificateAuthority == Array(certificate.utf8))
    }

    @Test("a token file goes before a token")
    func tokenFile() async throws {
        files["/t"] = "fresh"
        #expect(
            try await load(user: "{token: stale, tokenFile: /t}").credentials.headers().map(\.value) == ["Bearer fresh"]
        )
        files["/t"] = nil
        #expect(
            try await load(user: "{token: stale, tokenFile: /t}").credentials.headers().map(\.value) == ["Bearer stale"]
        )
    }

    @Test("a user that does not exist is anonymous")
    func missingUser() throws {
        files["/k"] = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: nobody}}]
            clusters: [{name: k, cluster: {server: https://h}}]
            """
        #expect(try load("/k").credentials is NoCredentials)
    }

    @Test("of several files the first counts for each name, with the whole entry, and for the current context")
    func merging() async throws {
        files["/a"] = """
            clusters: [{name: k, cluster: {server: https://first}}]
            users: [{name: u, user: {token: first}}]
            current-context: ''
            """
        files["/b/config"] = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}, {name: d, context: {cluster: l}}]
            clusters:
            - {name: k, cluster: {server: https://second, insecure-skip-tls-verify: true}}
            - {name: l, cluster: {server: https://third, certificate-authority: ca}}
            """
        files["/b/ca"] = certificate
        files["/c"] = "current-context: d"
        let configuration = try load("/a", "/missing", "/b/config", "/a", "/c")
        #expect(configuration.server == "https://first:443")
        #expect(!configuration.tls.skipsVerification)
        #expect(try await configuration.credentials.headers().map(\.value) == ["Bearer first"])
        let other = try load("/a", "/b/config", context: "d")
        #expect(other.server == "https://third:443")
        #expect(other.tls.certificateAuthority == Array(certificate.utf8))
        #expect(try load("/c", "/b/config").server == "https://third:443")
    }

    @Test(
        "an error names file, line and field, and what to do",
        arguments: [
            ("{}", "{}", "/k:9: clusters[0].cluster: names no server; set server to the URL of the API server"),
            ("{}", "{server: 5}", "/k:9: clusters[0].cluster.server: must be a string; put the value in quotes"),
            (
                "{}", "{server: 'ftp://h'}",
                "/k:9: clusters[0].cluster.server: is not a server URL such as https://host:6443"
            ),
            ("{}", "[]", "/k:9: clusters[0].cluster: must be a mapping"),
            (
                "{}", "{server: https://h, certificate-authority: /none}",
                "/k:9: clusters[0].cluster.certificate-authority: cannot read /none: No such file or directory"
            ),
            (
                "{}", "{server: https://h, certificate-authority-data: '%'}",
                "/k:9: clusters[0].cluster.certificate-authority-data: is not Base64"
            ),
            (
                "{}", "{server: https://h, certificate-authority-data: aGk=}",
                "/k:9: clusters[0].cluster: certificate-authority holds no PEM certificate"
            ),
            (
                "{}", "{server: https://h, insecure-skip-tls-verify: 'maybe'}",
                "/k:9: clusters[0].cluster.insecure-skip-tls-verify: must be true or false"
            ),
            (
                "{}", "{server: https://h, proxy-url: proxy}",
                "/k:9: clusters[0].cluster.proxy-url: must be an http, https or socks5 URL"
            ),
            ("{token: [x]}", "{server: https://h}", "/k:12: users[0].user.token: must be a string"),
            (
                "{token: x, username: me}", "{server: https://h}",
                "/k:12: users[0].user: has both a token and a username; keep one of them"
            ),
            (
                "{tokenFile: none}", "{server: https://h}",
                "/k:12: users[0].user: tokenFile: token file: cannot read /none: No such file or directory"
            ),
            (
                "{client-certificate-data: aGk=}", "{server: https://h}",
                "/k:12: users[0].user: has a client-certificate but no client-key; set client-key or client-key-data"
            ),
            (
                "{as-groups: [x]}", "{server: https://h}",
                "/k:12: users[0].user: as-uid, as-groups and as-user-extra need the user name in as"
            ),
            ("{exec: {apiVersion: x}}", "{server: https://h}", "/k:12: users[0].user.exec: names no command"),
            (
                "{exec: {command: x}}", "{server: https://h}",
                "/k:12: users[0].user.exec: names no apiVersion; set it to client.authentication.k8s.io/v1"
            ),
            (
                "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}", "{server: https://h}",
                "/k:12: users[0].user.exec.apiVersion: must be client.authentication.k8s.io/v1 "
                    + "or client.authentication.k8s.io/v1beta1"
            ),
            (
                "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}", "{server: https://h}",
                "/k:12: users[0].user.exec: names no interactiveMode, which v1 demands; "
                    + "set it to Never, IfAvailable or Always"
            ),
            (
                "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}}",
                "{server: https://h}",
                "/k:12: users[0].user.exec.interactiveMode: must be Never, IfAvailable or Always"
            ),
            (
                "{exec: {command: x}, auth-provider: {name: gcp}}", "{server: https://h}",
                "/k:12: users[0].user.auth-provider: cannot stand beside exec; remove one of them"
            ),
        ])
    func errors(user: String, cluster: String, expected: String) {
        #expect(message { () throws(KubeError) in try load(user: user, cluster: cluster) } == "kubeconfig \(expected)")
    }

    @Test("an exec plugin beside another credential is not needed, so it is no error")
    func unneededPlugin() throws {
        #expect(try load(user: "{token: x, exec: {command: y}}").credentials is BearerToken)
    }

    /// The plugin that a user stands for.
    private func plugin(_ exec: String, cluster: String = "{server: https://h}") throws -> ExecPlugin? {
        final class Seen: Sendable {
            let plugin = Mutex<ExecPlugin?>(nil)
        }
        let seen = Seen()
        var system = system
        system.execCredentials = { plugin in
            seen.plugin.withLock { $0 = plugin }
            return ExecCredentials(plugin)
        }
        files["/dir/k"] = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: \(cluster)}]
            users: [{name: u, user: {exec: \(exec)}}]
            """
        let configuration = try KubeConfiguration.kubeconfig(paths: ["/dir/k"], context: nil, system: system)
        #expect("\(configuration)".contains("exec plugin"))
        return seen.plugin.withLock { $0 }
    }

    @Test("an exec plugin is read with all that it needs")
    func execPlugin() throws {
        var expected = ExecPlugin(command: "aws", version: .v1beta1)
        #expect(try plugin("{apiVersion: client.authentication.k8s.io/v1beta1, command: aws}") == expected)
        expected.version = .v1
        expected.arguments = ["eks", "get-token"]
        expected.environment = ["AWS_PROFILE": "prod", "EMPTY": ""]
        expected.interactiveMode = .never
        expected.installHint = "brew install awscli"
        expected.cluster = ExecPlugin.Cluster(
            server: "https://h:443", serverName: "api", skipsVerification: true, proxyURL: "http://proxy",
            extra: ["audience": "x"])
        let exec = """
            {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token], interactiveMode: Never,
            env: [{name: AWS_PROFILE, value: prod}, {name: EMPTY}], installHint: brew install awscli, provideClusterInfo: true}
            """.replacing("\n", with: " ")
        let cluster = """
            {server: https://h, tls-server-name: api, insecure-skip-tls-verify: true, proxy-url: http://proxy,
            extensions: [{name: other, extension: 1},
            {name: client.authentication.k8s.io/exec, extension: {audience: x}}]}
            """.replacing("\n", with: " ")
        #expect(try plugin(exec, cluster: cluster) == expected)
    }

    @Test(
        "a plugin's path is relative to the kubeconfig, a name is searched for",
        arguments: [("./bin/p", "/dir/./bin/p"), ("bin/p", "/dir/bin/p"), ("/bin/p", "/bin/p"), ("p", "p")])
    func execCommand(command: String, expected: String) throws {
        let exec = "{apiVersion: client.authentication.k8s.io/v1beta1, command: \(command)}"
        #expect(try plugin(exec)?.command == expected)
    }

    @Test("files that certificates came from are remembered, inline data has none")
    func certificateFiles() throws {
        (files["/ca.crt"], files["/me.crt"], files["/me.key"]) = (certificate, certificate, key)
        let named = try load(
            user: "{client-certificate: me.crt, client-key: me.key}",
            cluster: "{server: https://h, certificate-authority: ca.crt}")
        #expect(
            named.tls.files
                == TLSFiles(certificateAuthority: "/ca.crt", clientCertificate: "/me.crt", clientKey: "/me.key"))
        let inline = Base64.encode(certificate.utf8)
        let other = try load(user: "{}", cluster: "{server: https://h, certificate-authority-data: \(inline)}")
        #expect(other.tls.files == TLSFiles())
    }

    @Test("what cannot be a kubeconfig is refused with its place")
    func notAKubeconfig() {
        let cases = [
            ("a: [", "/k:2:1: did not find expected node content (while parsing a flow node)"),
            ("kind: Deployment", "/k:1: kind: this is a Deployment, not a kubeconfig (kind: Config)"),
            ("hello", "/k:1: the document: must be a mapping"),
            ("clusters: {}", "/k:1: clusters: must be a list"),
            ("clusters: [{cluster: {}}]", "/k:1: clusters[0]: has no name"),
            (
                "users:\n- {name: u, user: {token: a}}\n- {name: u, user: {token: b}}",
                "/k:3: users[1]: the name u is taken by an entry before it"
            ),
        ]
        for (text, expected) in cases {
            files["/k"] = text
            #expect(message { () throws(KubeError) in try load("/k") } == "kubeconfig \(expected)")
        }
        files["/k"] = "!"
        #expect(
            message { () throws(KubeError) in try load("/k") } == "kubeconfig: cannot read /k: Permission denied")
    }

    @Test("a context that does not exist, or none, is answered with those that do")
    func contexts() {
        files["/k"] = "contexts: [{name: b, context: {cluster: x}}, {name: a, context: {cluster: x}}]"
        #expect(
            message { () throws(KubeError) in try load("/k") }
                == "kubeconfig: no current-context is set; choose one of a, b (kubectl config use-context NAME)")
        #expect(
            message { () throws(KubeError) in try load("/k", context: "z") }
                == "kubeconfig: there is no context z; the contexts are a, b")
        #expect(
            message { () throws(KubeError) in try load("/k", context: "a") }
                == "kubeconfig /k:1: contexts[1].context: there is no cluster x; the clusters are none")
        files["/k"] = "current-context: z"
        #expect(
            message { () throws(KubeError) in try load("/k") }
                == "kubeconfig /k:1: current-context: there is no context z; the contexts are none")
    }

    @Test("no file at all is an error that lists them")
    func noFile() {
        #expect(
            message { () throws(KubeError) in try load("/a", "/b") } == "no cluster configuration: no such file: /a, /b"
        )
    }
}
