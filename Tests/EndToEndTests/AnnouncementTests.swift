import ControllerTestKit
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

@testable import Sandbox

/// What the shipped binary tells others: alerts, webhooks and the ConfigMap about itself.
@Suite(.timeLimit(.minutes(2))) struct AnnouncementTests {
    private let server = TestAPIServer()
    /// Takes every path; its 404 is as good an answer as any.
    private let endpoint = TestAPIServer()
    private let config = ObjectKey(namespace: "shop", name: "a")

    init() throws {
        server.createNamespaceIfAbsent("shop")
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"},"data":{"k":"1"}}"#
        )
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",\
                "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                "envFrom":[{"configMapRef":{"name":"a"}}]}]}}}}
                """)
    }

    /// Runs the binary; `body` gets the endpoint's URL through `settings`.
    private func run(
        _ settings: @Sendable (_ url: String) -> (arguments: [String], environment: [Environment.Key: String]),
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await endpoint.withHTTPListener { endpointURL in
            let (arguments, environment) = settings(endpointURL)
            return try await server.withHTTPListener { url in
                try await Kubeconfig.withFile(server: url) { path in
                    try await ReloaderProcess.run(
                        ["--listen-address=127.0.0.1:0", "--reload-delay=0"] + arguments,
                        environment: environment.merging(["KUBECONFIG": path]) { $1 }
                    ) { process in
                        let line = try #require(await process.line { $0.contains("address=") })
                        let port = try #require(
                            line.split(separator: "127.0.0.1:").last.flatMap { Int($0.prefix { $0.isNumber }) })
                        while try await HTTPGet.get(port: port, path: "/ready", timeout: .seconds(30)).status != 200 {
                            await Task.yield()
                        }
                        try server.patch(.configMaps, config, merge: #"{"data":{"k":"2"}}"#)
                        try await body(process)
                    }
                }
            }
        }
    }

    @Test func `the environment turns alerts on, and names the ConfigMap that Reloader writes about itself`()
        async throws
    {
        let (exitCode, lines) = try await run { url in
            (
                [],
                [
                    "ALERT_ON_RELOAD": "true", "ALERT_SINK": "Teams", "ALERT_WEBHOOK_URL": " \(url)/T0KEN ",
                    "ALERT_ADDITIONAL_INFO": "test", "RELOADER_NAMESPACE": "shop", "RELOADER_DEPLOYMENT_NAME": "me",
                ]
            )
        } _: { process in
            let alert = try await endpoint.waitForRequest { $0.path == "/T0KEN" }
            #expect(alert.method == "POST")
            #expect(
                alert.bodyText == #"{"text":"test : Reloader detected changes in *a* of type *CONFIGMAP* in namespace "#
                    + #"*shop*. Hence reloaded *web* of type *Deployment* in namespace *shop*"}"#)
            let failure = await process.line { $0.contains("Error sending alert: error sending msg. status: 404") }
            #expect(failure != nil)
            try await server.waitForObject(.configMaps, ObjectKey(namespace: "shop", name: "reloader-meta-info")) {
                $0 != nil
            }
        }
        #expect(exitCode == 0)
        #expect(!lines.contains { $0.contains("T0KEN") })
        let info = try server.get(.configMaps, ObjectKey(namespace: "shop", name: "reloader-meta-info"))
        #expect(info["data"]?["deploymentInfo"]?.string == #"{"name":"me","namespace":"shop"}"#)
    }

    @Test func `with a webhook nothing is reloaded`() async throws {
        let (exitCode, lines) = try await run {
            (["--webhook-url=\($0)/T0KEN?a=b"], [:])
        } _: { _ in
            let call = try await endpoint.waitForRequest { $0.target == "/T0KEN?a=b" }
            #expect(
                call.bodyText == #"{"webhook":"update successful","type":"CONFIGMAP","namespace":"shop","name":"a","#
                    + #""event":"updated"}"#)
        }
        #expect(exitCode == 0)
        #expect(
            !server.requests.contains {
                $0.method == "PATCH" || $0.attributes.verb == "watch" && $0.attributes.resource == "deployments"
            })
        #expect(!lines.contains { $0.contains("T0KEN") })
        for text in [
            "webhook-url is set, will only send webhook, no resources will be reloaded",
            "RELOADER_NAMESPACE is not set, skipping meta info configmap creation",
        ] {
            #expect(lines.count { $0.contains("level=warning") && $0.contains(text) } == 1)
        }
    }

    @Test func `alerts without a URL are told, and reloads go on`() async throws {
        let (exitCode, lines) = try await run { _ in
            ([], ["ALERT_ON_RELOAD": "true"])
        } _: { _ in
            try await server.waitForRequest { $0.method == "PATCH" }
        }
        #expect(exitCode == 0)
        #expect(
            lines.filter { $0.contains("level=error") && $0.contains("ALERT_WEBHOOK_URL env variable not provided") }
                .count == 1)
    }

    @Test func `a webhook URL that is none ends at once, without being shown`() async throws {
        let (exitCode, lines) = try await ReloaderProcess.run(["--webhook-url=T0KEN"])
        #expect(exitCode == 1)
        #expect(lines.first == "Error: 'webhook-url' must be an http or https URL")
        #expect(!lines.contains { $0.contains("T0KEN") })
    }
}
