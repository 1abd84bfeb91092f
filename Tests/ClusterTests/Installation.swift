import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// Reloader as it is installed: an account of its own with the chart's rights, and its requests on record.
struct Installation: Sendable {
    /// What makes a ConfigMap one of a test: its value is the namespace.
    static let label = "cluster-test"
    private static let account = "reloader"

    let bed: TestBed
    private let kubeconfig: String

    /// Makes the account; `additional` rights come on top of the chart's.
    init(_ bed: TestBed, granting additional: [ChartRules.Rule] = []) async throws {
        self.bed = bed
        let rules = ChartRules.clusterRole + additional
        if let server = bed.server {
            let namespace = bed.namespace
            // No token leaves the binary without TLS, so whoever brings none is Reloader.
            server.authorize { request in
                guard request.user == .anonymous else { return .allow() }
                // Everybody may ask what they may do.
                guard request.isResourceRequest, request.group != "authorization.k8s.io" else { return .allow() }
                let isAllowed =
                    ChartRules.allow(rules, request)
                    || request.namespace == namespace && ChartRules.allow(ChartRules.ownRole, request)
                return isAllowed ? .allow() : .deny
            }
            kubeconfig = Self.kubeconfig(server: bed.configuration.server, authority: nil, token: nil)
        } else {
            let token = try await Self.createAccount(bed, rules)
            kubeconfig = Self.kubeconfig(
                server: bed.configuration.server, authority: bed.configuration.tls.certificateAuthority, token: token)
        }
    }

    private static func createAccount(_ bed: TestBed, _ rules: [ChartRules.Rule]) async throws -> String {
        func resource(_ plural: String, _ kind: String, isNamespaced: Bool = true) -> APIResource {
            APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: plural, kind: kind,
                isNamespaced: isNamespaced)
        }
        let subject = #"[{"kind":"ServiceAccount","name":"\#(account)","namespace":"\#(bed.namespace)"}]"#
        func reference(_ kind: String) -> String {
            #"{"apiGroup":"rbac.authorization.k8s.io","kind":"\#(kind)","name":"\#(bed.namespace)"}"#
        }
        let metadata = #"{"name":"\#(bed.namespace)"}"#
        try await bed.create(.serviceAccounts, #"{"metadata":{"name":"\#(account)"}}"#)
        try await bed.objects(resource("clusterroles", "ClusterRole", isNamespaced: false)).create(
            Array(#"{"metadata":\#(metadata),"rules":\#(ChartRules.json(rules))}"#.utf8))
        try await bed.objects(resource("clusterrolebindings", "ClusterRoleBinding", isNamespaced: false)).create(
            Array(#"{"metadata":\#(metadata),"roleRef":\#(reference("ClusterRole")),"subjects":\#(subject)}"#.utf8))
        try await bed.create(
            resource("roles", "Role"), #"{"metadata":\#(metadata),"rules":\#(ChartRules.json(ChartRules.ownRole))}"#)
        try await bed.create(
            resource("rolebindings", "RoleBinding"),
            #"{"metadata":\#(metadata),"roleRef":\#(reference("Role")),"subjects":\#(subject)}"#)
        // The token subresource, whose answer has no name of its own.
        let tokens = APIResource(
            group: "", version: "v1", plural: "serviceaccounts/\(account)/token", kind: "TokenRequest")
        let answer = try await bed.objects(tokens).create(
            Array(#"{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{}}"#.utf8),
            in: .namespace(bed.namespace))
        return try #require(answer[at: "/status/token"]?.string)
    }

    /// Removes what is not in the namespace.
    func remove() async {
        guard bed.server == nil else { return }
        for plural in ["clusterrolebindings", "clusterroles"] {
            let resource = APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: plural, kind: "", isNamespaced: false)
            try? await bed.objects(resource).delete(ObjectKey(name: bed.namespace))
        }
    }

    private static func kubeconfig(server: String, authority: [UInt8]?, token: String?) -> String {
        let certificate = authority.map { #", "certificate-authority-data": "\#(Base64.encode($0))""# } ?? ""
        let user = token.map { #""token": "\#($0)""# } ?? ""
        return """
            {"apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": "\(server)"\(certificate)}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "users": [{"name": "test", "user": {\(user)}}]}
            """
    }

    /// Runs the binary from ready to SIGTERM; returns its log.
    @discardableResult
    func run(
        _ arguments: [String] = [], environment: [String: String] = [:],
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> [String] {
        let flags = ["--listen-address=127.0.0.1:0", "--log-level=debug", "--reload-delay=0"]
        // All namespaces, as the chart installs it, but nothing of what other tests do at the same time.
        let selector = ["--resource-label-selector=\(Self.label)=\(bed.namespace)"]
        let (exitCode, lines) = try await Kubeconfig.withFile(text: kubeconfig) { path in
            try await ReloaderProcess.run(
                flags + selector + arguments, environment: environment.merging(["KUBECONFIG": path]) { $1 }
            ) { process in
                try await process.untilReady()
                try await body(process)
            }
        }
        #expect(exitCode == 0)
        return lines
    }

    // MARK: Requests

    /// What Reloader has asked of the server so far, as `verb resource code`, watches left out; nil when nobody keeps a
    /// record.
    var requests: [String]? {
        get throws {
            if let server = bed.server {
                return server.requests.filter { $0.attributes.user == .anonymous && $0.attributes.verb != "watch" }
                    .map { "\($0.attributes.verb) \($0.attributes.resource) \($0.status ?? 0)" }
            }
            guard let path = Cluster.auditLog else { return nil }
            let user = "system:serviceaccount:\(bed.namespace):\(Self.account)"
            return try readFile(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
                // The last line may be half written.
                guard let entry = try? JSONValue(parsing: Array(line)) else { return nil }
                guard entry["user"]?["username"]?.string == user, let verb = entry["verb"]?.string, verb != "watch"
                else { return nil }
                let resource = entry["objectRef"]?["resource"]?.string ?? ""
                return "\(verb) \(resource) \(entry["responseStatus"]?["code"]?.int ?? 0)"
            }
        }
    }

    /// The requests that came after the first `count`, sorted; without those about the account's rights, which come at some
    /// time after the start.
    func requests(after count: Int?) throws -> [String]? {
        try count.map {
            try (requests ?? []).dropFirst($0).filter { !$0.contains("selfsubjectaccessreviews") }.sorted()
        }
    }
}

private func readFile(_ path: String) throws -> [UInt8] {
    try FileReader.system.read(path)
}
