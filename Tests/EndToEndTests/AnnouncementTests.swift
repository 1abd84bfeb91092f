import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// What the shipped binary tells others: alerts, webhooks and the ConfigMap about itself.
@Suite(.timeLimit(.minutes(2))) struct AnnouncementTests {
    private let shop: Shop
    /// Takes every path; its 404 is as good an answer as any.
    private let endpoint = TestAPIServer()

    init() throws {
        shop = try Shop()
        try shop.createConfigMap("a")
        try shop.createDeployment("web", configMaps: ["a"])
    }

    /// Runs the binary; `body` gets the endpoint's URL through `settings`.
    private func run(
        _ settings: @Sendable (_ url: String) -> (arguments: [String], environment: [String: String]),
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await endpoint.withHTTPListener { endpointURL in
            let (arguments, environment) = settings(endpointURL)
            return try await shop.serving { listener in
                try await shop.start(listener.url, arguments, environment: environment) { process in
                    try await process.untilReady()
                    try shop.change("a", to: "2")
                    try await body(process)
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
            try await shop.server.waitForObject(.configMaps, ObjectKey(namespace: "shop", name: "reloader-meta-info")) {
                $0 != nil
            }
        }
        #expect(exitCode == 0)
        #expect(!lines.contains { $0.contains("T0KEN") })
        let info = try shop.server.get(.configMaps, ObjectKey(namespace: "shop", name: "reloader-meta-info"))
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
            !shop.server.requests.contains {
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
            try await shop.server.waitForRequest { $0.method == "PATCH" }
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
