import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// `explain`, `check` and `--dry-run` of the shipped binary.
@Suite(.timeLimit(.minutes(2))) struct SubcommandBinaryTests {
    private let server = TestAPIServer()

    init() throws {
        server.createNamespaceIfAbsent("shop")
        for (kind, field) in [("ConfigMap", "data"), ("Secret", "stringData")] {
            try server.create(
                json: """
                    {"apiVersion":"v1","kind":"\(kind)","metadata":{"name":"app-config","namespace":"shop"},\
                    "\(field)":{"k":"s3cret-value"}}
                    """)
        }
        for (name, annotations) in [("web", #"{"reloader.stakater.com/auto":"true"}"#), ("lazy", "{}")] {
            try server.create(
                json: """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)","namespace":"shop",\
                    "annotations":\(annotations)},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                    "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                    "envFrom":[{"configMapRef":{"name":"app-config"}}],"env":[{"name":"PASSWORD","valueFrom":\
                    {"secretKeyRef":{"name":"app-config","key":"k"}}}]}]}}}}
                    """)
        }
    }

    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                try await ReloaderProcess.run(
                    arguments, environment: environment.merging(["KUBECONFIG": path]) { $1 })
            }
        }
    }

    @Test func `a workload is explained as a table, plain where there is no terminal`() async throws {
        let (exitCode, lines) = try await run(["explain", "deploy/web", "-n", "shop"])
        #expect(exitCode == 0)
        #expect(lines.first == "Deployment shop/web")
        #expect(
            lines.contains {
                $0.hasPrefix("configmap/app-config   app: envFrom") && $0.contains("reload")
                    && $0.contains("none yet in app") && $0.contains("reloader.stakater.com/auto is true")
            })
        #expect(lines.contains { $0.hasPrefix("secret/app-config") && $0.contains("app: env PASSWORD (key k)") })
        #expect(!lines.contains { $0.contains("\u{1B}") || $0.contains("s3cret-value") || $0.last == " " })
    }

    @Test func `a config is explained the other way round, as JSON`() async throws {
        let (exitCode, lines) = try await run(["explain", "cm", "app-config", "--namespace=shop", "-o", "json"])
        #expect(exitCode == 0)
        let document = try JSONValue(parsing: Array(lines.joined().utf8))
        #expect(document["kind"]?.string == "ConfigExplanation")
        #expect(document["config"]?["state"]?.string == "present")
        let workloads = try #require(document["workloads"]?.array)
        #expect(workloads.map { $0["name"]?.string } == ["web", "lazy"])
        #expect(workloads.map { $0["onChange"]?["reload"]?.bool } == [true, false])
        #expect(workloads.map { $0["onChange"]?["reason"]?.string } == ["auto", "not-opted-in"])
        #expect(workloads[0]["onChange"]?["marker"]?.string == "STAKATER_APP_CONFIG_CONFIGMAP")

        // The flags of the installation count, whichever way they come.
        let all = try await run(
            ["explain", "cm/app-config", "-nshop", "-ojson"], environment: ["RELOADER_AUTO_RELOAD_ALL": "true"])
        let reloads = try JSONValue(parsing: Array(all.lines.joined().utf8))["workloads"]?.array
        #expect(reloads?.map { $0["onChange"]?["reason"]?.string } == ["auto-reload-all", "auto"])
    }

    @Test func `what does not exist, cannot be reached or makes no sense is told by text and exit code`() async throws {
        let missing = try await run(["explain", "deploy/nobody", "-n", "shop"])
        #expect(missing.exitCode == 1)
        #expect(missing.lines.contains { $0.hasPrefix("Error: ") && $0.contains("nobody") })
        let unserved = try await run(["explain", "rollout/web", "-n", "shop"])
        #expect(unserved.exitCode == 1)
        #expect(unserved.lines.first?.contains("the server does not have rollouts.argoproj.io") == true)
        let unused = try await run(["explain", "secret/nothing", "-n", "shop"])
        #expect(unused.exitCode == 1)
        let usage = try await run(["explain", "web"])
        #expect(usage.exitCode == 2)
        #expect(usage.lines.first?.hasPrefix("Error: explain takes one kind and one name") == true)
        let version = try await run(["version"])
        #expect(version.exitCode == 0)
        #expect(version.lines.count == 1 && version.lines.first?.hasPrefix("Reloader ") == true)
        let typo = try await run(["explian", "deploy/web"])
        #expect(typo.exitCode == 1)
        #expect(typo.lines.contains("Did you mean explain?"))
    }

    @Test func `check names the missing rule with YAML to paste, and tells required from optional`() async throws {
        let all = try await run(["check"])
        #expect(all.exitCode == 0)
        #expect(all.lines.contains("Everything is granted."))
        #expect(all.lines.last?.hasPrefix("Not asked about: the ledger") == true)
        let home = try await run(["check", "-n", "ops"])
        #expect(home.lines.contains { $0.contains("get, update configmaps \"reloader-ledger\" in namespace \"ops\"") })
        #expect(home.lines.last == "Everything is granted.")

        server.authorize { $0.verb == "watch" && $0.group == "apps" ? .deny : .allow() }
        let optional = try await run(["check"])
        #expect(optional.exitCode == 0)
        #expect(
            optional.lines.contains { $0.contains("lacks watch") && $0.contains("they are listed for each change") })
        #expect(optional.lines.contains("  verbs: [\"watch\"]"))

        server.authorize { $0.resource == "secrets" ? .deny : .allow() }
        let required = try await run(["check", "--namespaces=shop", "-o", "json"])
        #expect(required.exitCode == 1)
        let document = try JSONValue(parsing: Array(required.lines.joined().utf8))
        #expect(document["complete"]?.bool == false)
        #expect(document["missing"]?[0]?["resource"]?.string == "secrets")
        #expect(document["missing"]?[0]?["namespace"]?.string == "shop")
        #expect(document["missing"]?[0]?["required"]?.bool == true)
        #expect(document["rules"]?.string?.contains("resources: [\"secrets\"]") == true)

        let ignored = try await run(["check", "--resources-to-ignore=secrets"])
        #expect(ignored.exitCode == 0, "\(ignored.lines)")
    }

    @Test func `where the server cannot be asked at all, check says why instead of listing what it does not know`()
        async throws
    {
        try await Kubeconfig.withFile(server: "http://127.0.0.1:1") { path in
            let arguments = ["check", "--kubeconfig=\(path)"]
            let (exitCode, lines) = try await ReloaderProcess.run(arguments)
            #expect(exitCode == 1)
            #expect(lines.count == 1 && lines.first?.hasPrefix("Error: ") == true)
            #expect(lines.first?.contains("127.0.0.1:1") == true)
            let document = try await ReloaderProcess.run(arguments + ["-o", "json"])
            #expect(document.exitCode == 1)
            let report = try JSONValue(parsing: Array(document.lines.joined().utf8))
            #expect(report["error"]?.string?.contains("127.0.0.1:1") == true)
        }
    }

    @Test func `a dry run tells what would be reloaded, and leaves the workload alone`() async throws {
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                let (exitCode, lines) = try await ReloaderProcess.run(
                    ["--listen-address=127.0.0.1:0", "--reload-delay=0"],
                    environment: ["KUBECONFIG": path, "RELOADER_DRY_RUN": "true", "RELOADER_NAMESPACE": "shop"]
                ) { process in
                    try await process.untilReady()
                    try server.patch(
                        .configMaps, ObjectKey(namespace: "shop", name: "app-config"), merge: #"{"data":{"k":"2"}}"#)
                    let event = try await server.waitForRequest {
                        $0.attributes.verb == "create" && $0.attributes.resource == "events"
                    }
                    #expect(event.bodyText.contains("Dry run, nothing was written: Changes detected in 'app-config'"))
                }
                #expect(exitCode == 0, "\(lines)")
                #expect(lines.contains { $0.contains("dry-run is set") })
                #expect(
                    lines.contains { $0.contains("updated 'web' of type 'Deployment'") && $0.contains("dryRun=true") })
            }
        }
        let writes = server.requests.filter { ["patch", "update", "delete"].contains($0.attributes.verb) }
        #expect(writes.allSatisfy { $0.attributes.name == "app-config" })
        #expect(!server.requests.contains { $0.attributes.name == "reloader-meta-info" })
    }
}
