import ControllerTestKit
import KubeClient
import ReloaderCore
import Synchronization
import Testing

/// Random changes, random faults and restarts: at rest everything runs with the content of its configs, and nothing was
/// restarted more often than there were changes.
@Suite(.timeLimit(.minutes(ChaosPlan.timeLimit))) struct ReloaderChaosTests {
    @Test("every reload is done, and done once", arguments: ReloadStrategy.allCases)
    func exactlyOnce(strategy: ReloadStrategy) async throws {
        try await ChaosPlan.ordinary(3).run { seed in try await Round(seed: seed, strategy: strategy).run() }
    }

    private final class Round: Sendable {
        private static let configs = ["a", "b", "c", "d"]
        /// What each workload uses.
        private static let workloads: [(name: String, resource: APIResource, kind: String, uses: [String])] = [
            ("web", .deployments, "Deployment", ["a"]), ("api", .deployments, "Deployment", ["a", "b"]),
            ("worker", .deployments, "Deployment", ["b", "c", "d"]), ("store", .statefulSets, "StatefulSet", ["c"]),
            ("agent", .daemonSets, "DaemonSet", ["d", "a"]),
        ]

        private let seed: UInt64
        private let strategy: ReloadStrategy
        private let stage: Stage
        private let random: Mutex<SeededRandom>
        private let changes = Mutex<[String: Int]>([:])
        private let contents = Mutex<[String: Int]>([:])

        init(seed: UInt64, strategy: ReloadStrategy) throws {
            self.seed = seed
            self.strategy = strategy
            // Some runs happen in the same order each time, others as the machine has it.
            stage = Stage(inParallel: seed.isMultiple(of: 2))
            random = Mutex(SeededRandom(seed: seed))
            for config in Self.configs { try stage.createConfigMap(config, "0") }
            for workload in Self.workloads {
                try stage.createWorkload(workload.name, kind: workload.kind, configMaps: workload.uses)
            }
        }

        private func pick(_ range: Range<Int>) -> Int { random.withLock { Int.random(in: range, using: &$0) } }

        func run() async throws {
            for _ in 0..<3 {
                try await stage.run(
                    ReloaderOptions(strategy: strategy, reloadDelay: .milliseconds(pick(0..<2) * 300))
                ) { stage in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        // Time passes whatever else happens.
                        group.addTask {
                            while !Task.isCancelled {
                                stage.moveClocks(by: .milliseconds(50))
                                await Task.yield()
                            }
                        }
                        try await disturb()
                        try await rest()
                        group.cancelAll()
                        while await group.nextResult() != nil {}
                    }
                }
                try check()
            }
        }

        private func disturb() async throws {
            for _ in 0..<40 {
                let config = Self.configs[pick(0..<Self.configs.count)]
                try change(config)
                if pick(0..<3) == 0 { breakSomething() }
                for _ in 0..<pick(0..<200) { await Task.yield() }
            }
        }

        /// Where markers tell what the pods run with, contents come back now and then.
        private func change(_ config: String) throws {
            let count = changes.withLock { $0[config] ?? 0 } + 1
            let content = strategy == .envVars ? pick(0..<3) : count
            guard contents.withLock({ $0.updateValue(content, forKey: config) ?? 0 }) != content else { return }
            changes.withLock { $0[config] = count }
            try stage.change(configMap: config, to: "\(content)")
        }

        private func breakSomething() {
            let effects: [Fault.Effect] = [
                .status(500), .status(503), .status(409, reason: "Conflict"), .status(422, reason: "Invalid"), .reset,
                .lostAnswer, .truncatedAnswer(bytes: pick(0..<500)), .chunks(bytes: pick(1..<40)),
            ]
            switch pick(0..<20) {
            case 0: stage.server.closeWatches { [pick = pick(0..<4)] _ in pick == 0 }
            case 1: stage.server.inject(Fault(effects[pick(0..<effects.count)], verb: "create", resource: "events"))
            default:
                stage.server.inject(
                    Fault(effects[pick(0..<effects.count)], times: pick(1..<4)) { request in
                        request.verb == "patch" && request.resource != "events"
                    })
            }
        }

        private func rest() async throws {
            stage.server.removeFaults()
            for workload in Self.workloads {
                let expected = workload.uses.map { config in marker(of: contents.withLock { $0[config] ?? 0 }) }
                let versions = try workload.uses.map { version(try stage.server.get(.configMaps, Self.key($0))) }
                try await stage.server.waitForObject(workload.resource, Self.key(workload.name)) { object in
                    // The annotation names one config; pods start with what there is when their template is written.
                    guard strategy == .envVars else {
                        return versions.allSatisfy { version(object).isNewer(than: $0) == true }
                    }
                    let environment = object?["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]?.array ?? []
                    let found = environment.reduce(into: [String: String]()) {
                        $0[$1["name"]?.string ?? ""] = $1["value"]?.string
                    }
                    return workload.uses.map { found["STAKATER_\($0.uppercased())_CONFIGMAP"] ?? marker(of: 0) }
                        == expected
                }
            }
        }

        private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: Stage.namespace, name: name) }

        private func version(_ object: JSONValue?) -> ResourceVersion {
            ResourceVersion(rawValue: object?["metadata"]?["resourceVersion"]?.string ?? "")
        }

        private func marker(of content: Int) -> String { ReferenceSHA1.hex(Array("key=\(content)".utf8)) }

        private func check() throws {
            let changes = changes.withLock { $0 }
            for workload in Self.workloads {
                let object = try stage.server.get(workload.resource, Self.key(workload.name))
                let restarts = (object["metadata"]?["generation"]?.int ?? 0) - 1
                let bound = workload.uses.map { changes[$0] ?? 0 }.reduce(0, +)
                #expect(
                    restarts <= bound,
                    "\(workload.name) was restarted \(restarts) times for \(bound) changes; `make chaos SEED=\(seed)`")
            }
        }
    }
}
