import ControllerKit
import KubeClient
import TestSupport
import Testing

/// What depends on the server's history, and what happens when that is gone; one test at a time, because it goes for all.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HistoryTests {
    /// An Event: the resource whose watches are answered from etcd, not from memory, so that compaction is felt.
    @discardableResult
    private func createEvent(_ bed: TestBed, _ name: String) async throws -> UnstructuredObject {
        let object = #"{"kind":"Pod","namespace":"\#(bed.namespace)","name":"x"}"#
        return try await bed.create(
            .events,
            #"{"metadata":{"name":"\#(name)","labels":{"x":"y"}},"involvedObject":\#(object),"reason":"Test"}"#)
    }

    @Test(arguments: Place.all)
    func `a list comes in pages of one snapshot`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let scope = Scope.namespace(bed.namespace)
            let secrets = bed.objects(.secrets)
            for index in 0..<5 {
                try await bed.create(
                    .secrets, #"{"metadata":{"name":"s\#(index)","labels":{"test":"yes"}},"stringData":{"k":"v"}}"#)
            }
            var options = ListOptions(labelSelector: "test=yes", limit: 2)
            var names: [String] = []
            var versions: Set<ResourceVersion> = []
            repeat {
                let page = try await secrets.list(in: scope, options)
                names += page.items.map(\.id.name)
                versions.insert(page.metadata.resourceVersion)
                // Comes after the snapshot, so no later page has it.
                if options.continueToken == nil {
                    try await bed.create(
                        .secrets, #"{"metadata":{"name":"s9","labels":{"test":"yes"}}}"#)
                }
                options.continueToken = page.metadata.continueToken
            } while options.continueToken != nil
            #expect(names == ["s0", "s1", "s2", "s3", "s4"])
            #expect(versions.count == 1)

            let all = try await secrets.list(in: scope, ListOptions(labelSelector: "test=yes"))
            #expect(all.items.count == 6)
            let one = try await secrets.list(in: scope, ListOptions(fieldSelector: "metadata.name=s3"))
            #expect(one.items.map(\.id.name) == ["s3"])
            let snapshot = try #require(versions.first)
            let exact = try await secrets.list(
                in: scope, ListOptions(labelSelector: "test=yes", limit: 500, consistency: .exact(snapshot)))
            #expect(exact.items.count == 5)
        }
    }

    @Test(arguments: Place.all)
    func `a page of a snapshot that has expired is refused`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            for index in 0..<3 { try await bed.createConfigMap("c\(index)") }
            let scope = Scope.namespace(bed.namespace)
            let page = try await bed.objects(.configMaps).list(in: scope, ListOptions(limit: 1))
            let token = try #require(page.metadata.continueToken)
            try await bed.createConfigMap("later")
            try await bed.compact()
            let error = await #expect(throws: KubeError.self) {
                _ = try await bed.objects(.configMaps).list(in: scope, ListOptions(limit: 1, continueToken: token))
            }
            #expect(error?.isExpired == true)
        }
    }

    @Test(arguments: Place.all)
    func `a watch from a version that has expired is refused as such`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let start = try await createEvent(bed, "a").resourceVersion
            try await createEvent(bed, "b")
            try await createEvent(bed, "c")
            try await bed.compact()
            let error = await #expect(throws: KubeError.self) {
                try await bed.objects(.events).watch(
                    in: .namespace(bed.namespace), WatchOptions(start: .after(start))
                ) { _ in }
            }
            #expect(error?.isExpired == true)
        }
    }

    @Test(arguments: Place.all, InformerTests.Listing.allCases)
    func `an informer takes over what happened while it stood still and its place expired`(
        place: Place, listing: InformerTests.Listing
    ) async throws {
        try await TestBed.at(place) { bed in
            for name in ["a", "b"] { try await createEvent(bed, name) }
            let observed = InformerTests.Observed(bed, listing, of: .events)
            try await observed.run { try await observed.informer.waitUntilSynced() }
            try await bed.objects(.events).delete(bed.key("a"))
            try await createEvent(bed, "c")
            try await bed.compact()
            try await observed.run {
                await observed.journal.entries(4)
                #expect(Set(observed.journal.entries[2...]) == ["relist -a", "relist +c"])
            }
        }
    }
}
