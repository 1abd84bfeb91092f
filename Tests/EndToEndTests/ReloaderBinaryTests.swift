import ControllerTestKit
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

@testable import Sandbox

/// The shipped binary as users start it.
@Suite(.timeLimit(.minutes(2))) struct ReloaderBinaryTests {
    private let server = TestAPIServer()
    private let flags = ["--listen-address=127.0.0.1:0", "--log-level=debug"]

    init() throws {
        server.createNamespaceIfAbsent("shop")
        for (name, key) in [("a", "data"), ("b", "data")] {
            try server.create(
                json:
                    #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\#(name)","namespace":"shop"},"\#(key)":{"k":"1"}}"#
            )
        }
        try server.create(
            json:
                #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c","namespace":"shop"},"stringData":{"k":"1"}}"#
        )
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",\
                "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                "envFrom":[{"configMapRef":{"name":"a"}},{"configMapRef":{"name":"b"}},{"secretRef":{"name":"c"}}]}]}}}}
                """)
    }

    /// Runs the binary against the server until `body` returns.
    private func run(
        _ arguments: [String] = [], _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                try await ReloaderProcess.run(flags + arguments, environment: ["KUBECONFIG": path]) { process in
                    try await ready(process)
                    server.clearRequests()
                    try await body(process)
                }
            }
        }
    }

    private func ready(_ process: ReloaderProcess) async throws {
        let port = try await probePort(process)
        while try await HTTPGet.get(port: port, path: "/ready", timeout: .seconds(30)).status != 200 {
            await Task.yield()
        }
    }

    /// The port that the system chose for `--listen-address=127.0.0.1:0`, from the log.
    private func probePort(_ process: ReloaderProcess) async throws -> Int {
        let line = try #require(await process.line { $0.contains("address=") })
        let text = try #require(line.split(separator: "127.0.0.1:").last)
        return try #require(Int(text.prefix { $0.isNumber }))
    }

    /// The methods of the requests since the log was cleared, without the watches.
    private var methods: [String] {
        server.requests.filter { $0.attributes.verb != "watch" }.map { $0.method }.sorted()
    }

    private func eventIsWritten() async throws {
        try await server.waitForRequest { $0.attributes.verb == "create" && $0.attributes.resource == "events" }
    }

    private func change(_ resource: APIResource, _ name: String, _ json: String) throws {
        try server.patch(resource, ObjectKey(namespace: "shop", name: name), merge: json)
    }

    @Test func `a CronJob is run and a Job recreated, unless a flag says otherwise`() async throws {
        let template =
            #"{"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"busybox","#
            + #""envFrom":[{"configMapRef":{"name":"b"}}]}]}}"#
        let metadata = #""namespace":"shop","annotations":{"configmap.reloader.stakater.com/auto":"true"}"#
        try server.create(
            json: #"{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"once",\#(metadata)},"#
                + #""spec":{"template":\#(template)}}"#)
        try server.create(
            json: #"{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"report",\#(metadata)},"#
                + #""spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":\#(template)}}}}"#)
        @Sendable func writes() -> [String] {
            server.requests.filter { ["create", "delete", "patch"].contains($0.attributes.verb) }
                .filter { $0.attributes.resource != "events" && $0.attributes.name != "web" }
                .map { "\($0.attributes.verb) \($0.attributes.resource)" }.sorted()
        }
        let (exitCode, _) = try await run { process in
            try change(.configMaps, "b", #"{"data":{"k":"2"}}"#)
            for kind in ["Deployment", "CronJob", "Job"] {
                try await server.waitForRequest { $0.bodyText.contains(#""involvedObject":{"kind":"\#(kind)""#) }
            }
            #expect(writes() == ["create jobs", "create jobs", "delete jobs"])
        }
        #expect(exitCode == 0)

        server.clearRequests()
        _ = try await run(["--ignored-workload-types=jobs", "--cronjob-policy=template"]) { process in
            try change(.configMaps, "b", #"{"data":{"k":"3"}}"#)
            try await server.waitForRequest { $0.attributes.verb == "patch" && $0.attributes.resource == "cronjobs" }
            #expect(writes() == ["patch cronjobs"])
        }
    }

    @Test func `one change costs one PATCH and one Event, three together cost the same`() async throws {
        let (exitCode, lines) = try await run { process in
            try change(.configMaps, "a", #"{"data":{"k":"2"}}"#)
            try await eventIsWritten()
            #expect(methods == ["PATCH", "POST"])

            server.clearRequests()
            try change(.configMaps, "a", #"{"data":{"k":"3"}}"#)
            try change(.configMaps, "b", #"{"data":{"k":"3"}}"#)
            try change(.secrets, "c", #"{"stringData":{"k":"3"}}"#)
            let patch = try await server.waitForRequest { $0.method == "PATCH" }
            try await eventIsWritten()
            for marker in ["STAKATER_A_CONFIGMAP", "STAKATER_B_CONFIGMAP", "STAKATER_C_SECRET"] {
                #expect(patch.bodyText.contains(marker))
            }
            #expect(methods == ["PATCH", "POST"])

            let port = try await probePort(process)
            let page = try await HTTPGet.get(port: port, path: "/metrics", timeout: .seconds(30)).body
            #expect(page.contains("reloader_reload_executed_total{success=\"true\"} 2\n"))
            #expect(page.contains("reloader_action_total{result=\"success\",workload_kind=\"Deployment\"} 2\n"))
            #expect(page.contains("rest_client_requests_total{"))
            let live = try await HTTPGet.get(port: port, path: "/live", timeout: .seconds(30))
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
        server.authorize { $0.resource == "statefulsets" ? .deny : .allow() }
        let (exitCode, lines) = try await run { _ in
            try change(.configMaps, "a", #"{"data":{"k":"2"}}"#)
            try await server.waitForRequest { $0.method == "PATCH" }
        }
        #expect(exitCode == 0)
        #expect(lines.filter { $0.contains("level=warning") && $0.contains("statefulsets") }.count == 1)
    }

    @Test func `without a cluster it keeps trying, is not ready, and stops when told to`() async throws {
        try await Kubeconfig.withFile(server: "http://127.0.0.1:1") { path in
            let (exitCode, lines) = try await ReloaderProcess.run(flags, environment: ["KUBECONFIG": path]) { process in
                let port = try await probePort(process)
                let warning = await process.line { $0.contains("level=warning") && $0.contains("127.0.0.1:1") }
                #expect(warning != nil)
                let ready = try await HTTPGet.get(port: port, path: "/ready", timeout: .seconds(30))
                let live = try await HTTPGet.get(port: port, path: "/live", timeout: .seconds(30))
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
            let (exitCode, lines) = try await ReloaderProcess.run(flags, environment: ["KUBECONFIG": path])
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
