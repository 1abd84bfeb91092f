import ControllerKit
import ControllerTestKit
import EndToEndSupport
import KubeClient
import ReloaderCore
import TestSupport
import Testing

@testable import Sandbox

/// Dashboard and alerts ask for metrics that exist.
@Suite(.timeLimit(.minutes(2))) struct MonitoringTests {
    private static let folder = "kubernetes/helm/reloader/monitoring"

    private static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Files.read(repositoryFile("\(folder)/\(name)")))
    }

    private static func rules() throws -> [JSONValue] {
        let document = try YAMLReader.documents(
            Files.read(repositoryFile("\(folder)/alerts.yaml")), file: "alerts.yaml"
        ).first
        return (document?.at("groups")?.elements ?? []).flatMap { $0.at("rules")?.elements ?? [] }
    }

    /// What dashboard and alerts ask for.
    private static func expressions() throws -> [String] {
        let panels = try json("dashboard.json").at("panels")?.elements ?? []
        let queries = panels.flatMap { $0.at("targets")?.elements ?? [] }.compactMap { $0.at("expr")?.string }
        let alerts = try rules().compactMap { $0.at("expr")?.string }
        #expect(queries.count > 10 && alerts.count > 5)
        return queries + alerts
    }

    /// A metric's name without what the series of a histogram add to it.
    private static func family(_ name: String) -> String {
        ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
    }

    /// The names of metrics in an expression.
    private static func metrics(in expression: String) -> Set<String> {
        let words = expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        let prefixes = [
            "reloader_", "workqueue_", "controller_runtime_", "rest_client_", "leader_election_", "process_",
        ]
        return Set(words.filter { word in prefixes.contains { word.hasPrefix($0) } }.map(family))
    }

    /// What the program describes, whether it has values yet or not, and what its page shows from the start, with the labels.
    private static func knownMetrics() async throws -> [String: Set<String>] {
        let server = TestAPIServer()
        let client = server.client(logger: .silent)
        let registry = PrometheusRegistry()
        let elector = try LeaderElector(
            client, lease: ObjectKey(namespace: "ops", name: "lock"), identity: "a", metrics: registry, logger: .silent)
        var manager = ControllerManager(options: ManagerOptions(), metrics: registry, logger: .silent)
        ReloaderRuntime(client: client, metrics: registry, leaderElector: elector, logger: .silent)
            .install(in: &manager)
        let page = try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                let (page, pages) = AsyncStream.makeStream(of: String.self)
                _ = try await ReloaderProcess.run(
                    ["--listen-address=127.0.0.1:0", "--enable-ha"],
                    environment: ["KUBECONFIG": path, "POD_NAME": "a", "POD_NAMESPACE": "default"]
                ) { process in
                    var body = ""
                    // Requests are counted when they have ended; those for the lease are among the first.
                    while !body.contains("rest_client_requests_total") {
                        body = try await process.get("/metrics").body
                    }
                    pages.yield(body)
                    pages.finish()
                }
                return await page.first { _ in true } ?? ""
            }
        }
        let shown = page.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.compactMap {
            $0.split(separator: " ").dropFirst(2).first.map { (String($0), Set<String>()) }
        }
        return registry.labelNames.merging(shown) { described, _ in described }
    }

    @Test func `every metric and label that dashboard and alerts ask for is described by the program`() async throws {
        let expressions = try Self.expressions()
        let known = try await Self.knownMetrics()
        // Scraped series have them from their target; without a namespace, those of all targets are one.
        let target: Set = ["instance", "namespace"]
        for expression in expressions {
            let asked = Self.metrics(in: expression)
            #expect(asked.subtracting(known.keys).sorted() == [], "\(expression)")
            for selector in expression.matches(of: /([a-z_]+)\{([^}]*)\}/) {
                let labels = selector.2.matches(of: /([a-z_]+)\s*(?:=~|!~|!=|=)/).map { String($0.1) }
                let there = known[Self.family(String(selector.1)), default: []].union(target)
                #expect(Set(labels).subtracting(there).sorted() == [], "\(expression)")
            }
            let all = asked.reduce(into: target.union(["le"])) { $0.formUnion(known[$1, default: []]) }
            for grouping in expression.matches(of: /\b(?:by|on)\s*\(([^)]*)\)/) {
                let labels = grouping.1.split { $0 == "," || $0 == " " }.map(String.init)
                #expect(Set(labels).subtracting(all).sorted() == [], "\(expression)")
            }
        }
    }

    @Test func `every alert says what is wrong and what to do`() throws {
        for rule in try Self.rules() {
            let name = rule.at("alert")?.string ?? ""
            #expect(name.hasPrefix("Reloader"))
            #expect(rule.at("labels", "severity")?.string != nil, "\(name)")
            #expect(rule.at("annotations", "summary")?.string?.hasSuffix(".") == true, "\(name)")
            #expect(rule.at("annotations", "description")?.string?.isEmpty == false, "\(name)")
        }
    }

    @Test func `panels have names and places of their own`() throws {
        let panels = try Self.json("dashboard.json").at("panels")?.elements ?? []
        #expect(Set(panels.compactMap { $0.at("id")?.int }).count == panels.count)
        #expect(Set(panels.compactMap { $0.at("title")?.string }).count == panels.count)
    }
}
