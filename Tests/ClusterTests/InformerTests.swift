import ControllerKit
import KubeClient
import TestSupport
import Testing

/// An informer stays equal to the server.
@Suite(.timeLimit(.minutes(2))) struct InformerTests {
    enum Listing: CaseIterable, Sendable { case streaming, paging }

    /// An informer of the objects that the tests make, and what it tells.
    struct Observed {
        let informer: Informer<ObjectMetadata>
        let journal = Journal<String>()

        init(_ bed: TestBed, _ listing: Listing, of resource: APIResource = .configMaps) {
            informer = Informer(
                bed.client.resource(resource), scope: .namespace(bed.namespace),
                options: InformerOptions(
                    labelSelector: "x=y", pageSize: 2, streamingList: listing == .streaming),
                logger: .silent)
            informer.observe { [journal] change in
                let sign = change.new == nil ? "-" : change.old == nil ? "+" : "~"
                journal.append("\(change.cause) \(sign)\(change.key.name)")
            }
        }

        func run(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [informer] in do { try await informer.run() } catch is CancellationError {} }
                try await body()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private func create(_ bed: TestBed, _ name: String) async throws {
        try await bed.create(.configMaps, #"{"metadata":{"name":"\#(name)","labels":{"x":"y"}}}"#)
    }

    @Test(arguments: Place.all, Listing.allCases)
    func `it lists, then follows`(place: Place, listing: Listing) async throws {
        try await TestBed.at(place) { bed in
            for index in 0..<5 { try await create(bed, "c\(index)") }
            let observed = Observed(bed, listing)
            let (informer, journal) = (observed.informer, observed.journal)
            try await observed.run {
                try await informer.waitUntilSynced()
                #expect(informer.store.count == 5)
                #expect(Set(journal.entries) == Set((0..<5).map { "initialList +c\($0)" }))
                try await create(bed, "d")
                try await bed.merge(.configMaps, "c0", #"{"metadata":{"annotations":{"a":"b"}}}"#)
                try await bed.objects(.configMaps).delete(bed.key("c1"))
                await journal.entries(8)
                #expect(Array(journal.entries[5...]) == ["watch +d", "watch ~c0", "watch -c1"])
                #expect(informer.store[bed.key("c0")]?.annotations == ["a": "b"])
                #expect(informer.store.count == 5)
            }
        }
    }

    @Test(arguments: Place.all)
    func `an optional kind that the server does not have is off, and holds nobody up`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let things = APIResource(group: "example.com", version: "v1", plural: "things", kind: "Thing")
            let informer = Informer<ObjectMetadata>(
                bed.client.resource(things), options: InformerOptions(isOptional: true), logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { do { try await informer.run() } catch is CancellationError {} }
                try await informer.waitUntilSynced()
                guard case .unavailable(let error) = informer.state else {
                    Issue.record("\(informer.state)")
                    return
                }
                #expect(error.isNotFound)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
