import ControllerKit
import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct InformerChaosTests {
    private static let byGroup = Index<Sample, String>("group") { $0.groups }

    @Test(
        "whatever a server does, at rest the store, its index and the sum of all changes equal what the server has",
        arguments: [false, true], 1..<26)
    func equivalence(streaming: Bool, seed: UInt64) async throws {
        let server = ChaoticServer(seed: seed, faultyRequests: 300)
        let informer = Informer<Sample>(
            server.source, resource: .configMaps, options: InformerOptions(pageSize: 5, streamingList: streaming),
            logger: .silent, clock: InstantClock(), rng: SeededRandom(seed: seed))
        informer.index(Self.byGroup)
        let mirror = Mutex<(objects: [ObjectKey: Sample], mismatches: Int)>(([:], 0))
        informer.observe { change in
            mirror.withLock { mirror in
                // What a removal calls old is the server's last state; everything else must fit together exactly.
                let before = mirror.objects[change.key]
                if change.new == nil ? before == nil : before != change.old { mirror.mismatches += 1 }
                mirror.objects[change.key] = change.new
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { do { try await informer.run() } catch is CancellationError {} }
            await server.waitUntilSettled()
            let expected = server.objects
            #expect(Dictionary(uniqueKeysWithValues: informer.store.snapshot().map { ($0.id, $0) }) == expected)
            mirror.withLock { mirror in
                #expect(mirror.objects == expected)
                #expect(mirror.mismatches == 0)
            }
            for name in ["g0", "g1", "g2"] {
                let keys = expected.values.filter { $0.groups == [name] }.map(\.id)
                #expect(Set(informer.store.keys(Self.byGroup, equalTo: name)) == Set(keys))
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
