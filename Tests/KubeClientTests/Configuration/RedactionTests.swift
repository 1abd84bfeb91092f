import Logging
import TestSupport
import Testing

@testable import KubeClient

/// No secret shows up wherever somebody prints, dumps or logs what the client hands out.
@Suite(.timeLimit(.minutes(1))) struct RedactionTests {
    private static let canary = "hunter2"

    private func everything(_ values: Any...) -> String {
        var text = ""
        for value in values {
            text += "\(value) \(String(reflecting: value)) "
            dump(value, to: &text)
        }
        return text
    }

    private func hidden(_ text: String) -> Bool {
        // The canary as text, and as the bytes of an array.
        !text.contains(Self.canary) && !text.contains("104\n")
    }

    @Test func `configurations hide every kind of credential`() throws {
        let canary = Self.canary
        let files = MemoryFiles([
            "/crt": "-----BEGIN CERTIFICATE-----", "/key": "-----BEGIN PRIVATE KEY-----\(canary)", "/token": canary,
        ])
        var system = KubeConfiguration.System()
        system.files = files.reader
        let users = [
            "{token: \(canary)}", "{tokenFile: /token}", "{username: me, password: \(canary)}",
            "{client-certificate: /crt, client-key: /key}",
            "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: p, args: [\(canary)], "
                + "env: [{name: SECRET, value: \(canary)}]}}",
        ]
        for user in users {
            files["/k"] = """
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: https://h, proxy-url: 'http://me:\(canary)@proxy'}}]
                users: [{name: u, user: \(user)}]
                """
            let configuration = try KubeConfiguration.kubeconfig(paths: ["/k"], context: nil, system: system)
            let transport = try CurlTransport(configuration: configuration, logger: Logger(label: "test"))
            let client = KubeClient(transport: transport, logger: Logger(label: "test"))
            #expect(hidden(everything(configuration, configuration.credentials)))
            #expect(hidden(everything(client, client.resource(.secrets, as: ObjectMetadata.self), transport)))
            if let identity = configuration.tls.clientIdentity { #expect(hidden(everything(identity))) }
        }
    }

    @Test func `requests hide their headers and bodies`() {
        let request = HTTPRequest(
            .put, "/api/v1/namespaces/n/secrets/s", headers: [("Authorization", Self.canary)],
            body: Array(Self.canary.utf8))
        #expect(hidden(everything(request)))
        #expect("\(request)" == "PUT /api/v1/namespaces/n/secrets/s")
    }

    @Test(arguments: [
        #"{"metadata":{"name":"s"},"data":{"k":"hunter2"}"#, #"{"metadata":{"name":"s"},"data":{"k":"hunter2\q"}}"#,
        #"{"metadata":{"name":["hunter2"]},"data":"hunter2"} hunter2"#, #"{"metadata":"hunter2""#, "hunter2",
        #"{"hunter2":hunter2}"#,
    ])
    func `a Secret that does not decode is in no error and no log`(document: String) async {
        let notes = Journal<String>()
        let logger = Logger.into(notes, level: .trace)
        func secrets(_ body: String) -> ResourceClient<UnstructuredObject> {
            KubeClient(transport: ScriptedTransport(.json(200, body)), logger: logger).resource(.secrets)
        }
        var errors: [KubeError] = []
        func record(_ body: () async throws(KubeError) -> Void) async {
            do throws(KubeError) { try await body() } catch { errors.append(error) }
        }
        let key = ObjectKey(namespace: "n", name: "s")
        await record { () throws(KubeError) in _ = try await secrets(document).get(key) }
        await record { () throws(KubeError) in
            _ = try await secrets(#"{"kind":"SecretList","items":["# + document + "]}").list()
        }
        await record { () throws(KubeError) in
            try await secrets(#"{"type":"ADDED","object":"# + document + "}\n").watch { _ in }
        }
        #expect(errors.count == 3)
        for error in errors { #expect(hidden(everything(error))) }
        #expect(notes.entries.count >= 6, "two lines at trace level for each request")
        #expect(notes.entries.allSatisfy(hidden))
    }

    @Test func `what is sent is in no log`() async throws {
        let notes = Journal<String>()
        let transport = ScriptedTransport(
            .init(
                headers: [("Content-Type", "application/json"), ("Audit-Id", "audit-1")],
                pieces: [#"{"metadata":{"name":"s"}}"#]))
        let client = KubeClient(transport: transport, logger: .into(notes, level: .trace))
        try await client.resource(.secrets, as: ObjectMetadata.self)
            .create(Array(#"{"data":{"k":"\#(Self.canary)"}}"#.utf8), in: .namespace("n"))
        #expect(notes.entries.allSatisfy(hidden))
        #expect(notes.entries.count == 2)
        #expect(notes.entries.last?.contains("audit-1") == true)
        // Both lines are under one id.
        func id(_ line: String?) -> Substring? { line?.firstMatch(of: /request=(\d+)/)?.1 }
        #expect(id(notes.entries.first) != nil)
        #expect(id(notes.entries.first) == id(notes.entries.last))
    }
}
