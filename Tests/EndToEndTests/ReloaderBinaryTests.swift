import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// The shipped binary as users start it.
@Suite(.timeLimit(.minutes(2))) struct ReloaderBinaryTests {
    private let shop: Shop

    init() throws {
        shop = try Shop()
        for name in ["a", "b"] { try shop.createConfigMap(name) }
        try shop.server.create(
            json:
                #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c","namespace":"shop"},"stringData":{"k":"1"}}"#
        )
        try shop.createDeployment("web", configMaps: ["a", "b"], secrets: ["c"])
    }

    /// The requests since the log was cleared, without the watches and without the questions about permissions, which are
    /// asked once at start, beside everything else.
    private var requests: [RecordedRequest] {
        shop.server.requests.filter { $0.attributes.verb != "watch" && $0.attributes.group != "authorization.k8s.io" }
    }

    /// The methods of ``requests``.
    private var methods: [String] { requests.map { $0.method }.sorted() }

    private func eventIsWritten() async throws {
        try await shop.server.waitForRequest { $0.attributes.verb == "create" && $0.attributes.resource == "events" }
    }

    @Test func `a CronJob is run and a Job recreated, unless a flag says otherwise`() async throws {
        let template =
            #"{"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"busybox","#
            + #""envFrom":[{"configMapRef":{"name":"b"}}]}]}}"#
        let metadata = #""namespace":"shop","annotations":{"configmap.reloader.stakater.com/auto":"true"}"#
        try shop.server.create(
            json: #"{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"once",\#(metadata)},"#
                + #""spec":{"template":\#(template)}}"#)
        try shop.server.create(
            json: #"{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"report",\#(metadata)},"#
                + #""spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":\#(template)}}}}"#)
        @Sendable func writes() -> [String] {
            requests.filter { ["create", "delete", "patch"].contains($0.attributes.verb) }
                .filter { $0.attributes.resource != "events" && $0.attributes.name != "web" }
                .map { "\($0.attributes.verb) \($0.attributes.resource)" }.sorted()
        }
        let (exitCode, _) = try await shop.run { process in
            try shop.change("b", to: "2")
            for kind in ["Deployment", "CronJob", "Job"] {
                try await shop.server.waitForRequest { $0.bodyText.contains(#""involvedObject":{"kind":"\#(kind)""#) }
            }
            // The run, the Job and, while that is away, its copy.
            #expect(writes() == ["create jobs", "create jobs", "create jobs", "delete jobs", "delete jobs"])
        }
        #expect(exitCode == 0)

        shop.server.clearRequests()
        _ = try await shop.run(["--ignored-workload-types=jobs", "--cronjob-policy=template"]) { process in
            try shop.change("b", to: "3")
            try await shop.server.waitForRequest {
                $0.attributes.verb == "patch" && $0.attributes.resource == "cronjobs"
            }
            #expect(writes() == ["patch cronjobs"])
        }
    }

    @Test func `one change costs one PATCH and one Event, three together cost the same`() async throws {
        // The default delay, which brings changes together.
        let (exitCode, lines) = try await shop.run(delay: nil) { process in
            try shop.change("a", to: "2")
            try await eventIsWritten()
            #expect(methods == ["PATCH", "POST"])

            shop.server.clearRequests()
            try shop.change("a", to: "3")
            try shop.change("b", to: "3")
            try shop.server.patch(
                .secrets, ObjectKey(namespace: "shop", name: "c"), merge: #"{"stringData":{"k":"3"}}"#)
            let patch = try await shop.server.waitForRequest { $0.method == "PATCH" }
            try await eventIsWritten()
            for marker in ["STAKATER_A_CONFIGMAP", "STAKATER_B_CONFIGMAP", "STAKATER_C_SECRET"] {
                #expect(patch.bodyText.contains(marker))
            }
            #expect(methods == ["PATCH", "POST"])

            let page = try await process.get("/metrics").body
            #expect(page.contains("reloader_reload_executed_total{success=\"true\"} 2\n"))
            #expect(page.contains("reloader_action_total{result=\"success\",workload_kind=\"Deployment\"} 2\n"))
            #expect(page.contains("rest_client_requests_total{"))
            let live = try await process.get("/live")
            #expect(live.body == "alive")
        }
        #expect(exitCode == 0)
        #expect(
            lines.contains {
                $0.contains("level=info")
                    && $0.contains(
                        "Changes detected in 'a' of type 'CONFIGMAP' in namespace 'shop'; updated 'web' of type 'Deployment'"
                    )
            })
    }

    @Test func `a refused kind is off, said once, and the rest works`() async throws {
        shop.server.authorize { $0.resource == "statefulsets" ? .deny : .allow() }
        let (exitCode, lines) = try await shop.run { _ in
            try shop.change("a", to: "2")
            try await shop.server.waitForRequest { $0.method == "PATCH" }
        }
        #expect(exitCode == 0)
        #expect(lines.filter { $0.contains("level=warning") && $0.contains("statefulsets") }.count == 1)
    }

    @Test func `without a cluster it keeps trying, is not ready, and stops when told to`() async throws {
        try await Kubeconfig.withFile(server: "http://127.0.0.1:1") { path in
            let (exitCode, lines) = try await ReloaderProcess.run(
                ["--listen-address=127.0.0.1:0"], environment: ["KUBECONFIG": path]
            ) { process in
                let warning = await process.line { $0.contains("level=warning") && $0.contains("127.0.0.1:1") }
                #expect(warning != nil)
                let ready = try await process.get("/ready")
                let live = try await process.get("/live")
                #expect(ready.status == 503)
                #expect(live.status == 200)
            }
            #expect(exitCode == 0)
            #expect(!lines.contains { $0.contains("level=fatal") })
        }
    }

    @Test(
        "what cannot be followed ends at once with exit code 1 and says why",
        arguments: [
            (["--bogus"], "unknown flag: --bogus"),
            (["--reload-strategy=both"], "reload-strategy must be one of: env-vars, annotations"),
            (["--auto-reload-all=maybe"], "--auto-reload-all"),
            (["--listen-address=nowhere"], "--listen-address"),
            (["--namespaces=a,"], "namespaces"),
        ])
    func usage(arguments: [String], message: String) async throws {
        let (exitCode, lines) = try await ReloaderProcess.run(arguments)
        #expect(exitCode == 1)
        #expect(lines.first?.hasPrefix("Error: ") == true)
        #expect(lines.first?.contains(message) == true)
        #expect(lines.contains("Usage:"))
    }

    @Test func `a broken kubeconfig is named with its line`() async throws {
        try await Kubeconfig.withFile(text: "apiVersion: v1\nclusters: [\n  oops: : x\n") { path in
            let (exitCode, lines) = try await ReloaderProcess.run(
                ["--listen-address=127.0.0.1:0"], environment: ["KUBECONFIG": path])
            #expect(exitCode == 1)
            let fatal = try #require(lines.last { $0.contains("level=fatal") })
            #expect(fatal.contains(path))
            #expect(fatal.contains("3"))
        }
    }

    @Test func `help needs no cluster`() async throws {
        let (exitCode, lines) = try await ReloaderProcess.run(["--help"])
        #expect(exitCode == 0)
        #expect(lines.contains { $0.contains("--reload-strategy") })
    }
}
