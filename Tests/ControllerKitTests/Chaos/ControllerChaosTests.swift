import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

@testable import ControllerKit

/// Random writes, random faults of the server, and reconciles that fail at random: at rest nothing is lost.
@Suite(.timeLimit(.minutes(ChaosPlan.timeLimit))) struct ControllerChaosTests {
    @Test("at rest the cache equals the server, and every key was reconciled at its final version")
    func equivalence() async throws {
        try await ChaosPlan.ordinary(6).run { seed in
            for streaming in [true, false] { try await Round(seed: seed, streaming: streaming).run() }
        }
    }

    private final class Round: Sendable {
        private let seed: UInt64
        private let server: TestAPIServer
        private let informer: Informer<ObjectMetadata>
        private let random: Mutex<SeededRandom>
        private let isCalm = Mutex(false)
        /// The version that each key's last successful reconcile saw; nil when the object was gone.
        private let reconciled = Mutex<[ObjectKey: ResourceVersion?]>([:])
        private let progress = Journal<Void>()

        init(seed: UInt64, streaming: Bool) {
            self.seed = seed
            random = Mutex(SeededRandom(seed: seed))
            server = TestAPIServer(seed: seed)
            informer = Informer(
                server.client(logger: .silent).resource(.configMaps, as: ObjectMetadata.self),
                scope: .namespace("default"), options: InformerOptions(pageSize: 3, streamingList: streaming),
                logger: .silent, clock: InstantClock(), rng: SeededRandom(seed: seed))
        }

        private func pick(_ range: Range<Int>) -> Int {
            random.withLock { Int.random(in: range, using: &$0) }
        }

        func run() async throws {
            let store = informer.store
            let reconciler = Keyed { [self] key, _ in
                struct Failure: Error {}
                if !isCalm.withLock({ $0 }), pick(0..<5) == 0 { throw Failure() }
                let version = store[key]?.resourceVersion
                // What happens between the look and the end of the work must bring the key back.
                for _ in 0..<pick(0..<4) { await Task.yield() }
                reconciled.withLock { $0[key] = .some(version) }
                progress.append(())
            }
            let controller = Controller(
                "chaos", reconciler: reconciler, options: .init(concurrency: 3),
                rateLimiter: Capped(ExponentialBackoff(), at: .milliseconds(1)), logger: .silent)
            controller.watch(informer)
            informer.observe { [progress] _ in progress.append(()) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [informer] in try? await informer.run() }
                group.addTask { try? await controller.run() }
                try await disturb()
                await rest()
                group.cancelAll()
            }
        }

        /// Writes and breaks things.
        private func disturb() async throws {
            for _ in 0..<200 {
                try write(name: "c\(pick(0..<12))")
                if pick(0..<4) == 0 { breakSomething() }
                for _ in 0..<pick(0..<30) { await Task.yield() }
            }
        }

        private func write(name: String) throws {
            let key = ObjectKey(namespace: "default", name: name)
            let exists = server.find(.configMaps, key) != nil
            switch pick(0..<4) {
            case 0 where exists: try server.delete(.configMaps, key)
            case _ where exists:
                try server.patch(.configMaps, key, merge: #"{"data":{"k":"\#(pick(0..<1000))"}}"#)
            default: try server.createConfigMap(name)
            }
        }

        private func breakSomething() {
            let effects: [Fault.Effect] = [
                .status(500), .status(429, reason: "TooManyRequests"), .status(410, reason: "Expired"),
                .status(504, reason: "Timeout"), .reset, .lostAnswer, .truncatedAnswer(bytes: pick(0..<2000)),
                .chunks(bytes: pick(1..<40)),
            ]
            switch pick(0..<4) {
            case 0: server.closeWatches()
            case 1: server.compact()
            default:
                let verb = pick(0..<2) == 0 ? "list" : "watch"
                server.inject(
                    Fault(effects[pick(0..<effects.count)], times: pick(1..<4), verb: verb, resource: "configmaps"))
                // A fault needs a request to meet.
                server.closeWatches()
            }
        }

        /// Stops breaking things, and waits until all is as it should be.
        private func rest() async {
            isCalm.withLock { $0 = true }
            server.removeFaults()
            server.closeWatches()
            var count = 0
            while !Task.isCancelled {
                if let expected = try? versions(), isSettled(expected) { return }
                count = await progress.entries(count + 1).count
            }
            Issue.record("seed \(seed): not at rest; repeat with `make chaos SEED=\(seed)`")
        }

        private func versions() throws -> [ObjectKey: ResourceVersion] {
            try server.list(.configMaps).reduce(into: [:]) { versions, object in
                let metadata = object["metadata"]
                let key = ObjectKey(
                    namespace: metadata?["namespace"]?.string, name: metadata?["name"]?.string ?? "")
                versions[key] = ResourceVersion(rawValue: metadata?["resourceVersion"]?.string ?? "")
            }
        }

        private func isSettled(_ expected: [ObjectKey: ResourceVersion]) -> Bool {
            let cached = informer.store.snapshot().reduce(into: [:]) { $0[$1.id] = $1.resourceVersion }
            guard cached == expected else { return false }
            return reconciled.withLock { reconciled in
                expected.allSatisfy { reconciled[$0.key] == .some($0.value) }
                    // What was seen once and is gone was reconciled as gone.
                    && reconciled.allSatisfy { expected[$0.key] != nil || $0.value == nil }
            }
        }
    }
}
