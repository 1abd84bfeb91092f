import KubeClient
import TestSupport
import Testing

/// Watches: order, resumption, expiry.
@Suite(.timeLimit(.minutes(2))) struct WatchTests {
    private static func word(_ event: WatchEvent<UnstructuredObject>) -> String {
        switch event {
        case .added(let object): "added \(object.id.name)"
        case .modified(let object): "modified \(object.id.name)"
        case .deleted(let object): "deleted \(object.id.name)"
        case .bookmark: "bookmark"
        }
    }

    /// Takes events until there are `count`.
    private func events(
        _ count: Int, _ bed: TestBed, _ options: WatchOptions, ifNone trigger: (() async throws -> Void)? = nil
    ) async throws -> [(word: String, version: ResourceVersion)] {
        let journal = Journal<(word: String, version: ResourceVersion)>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(KubeError) {
                    try await bed.objects(.configMaps).watch(in: .namespace(bed.namespace), options) { event in
                        let version =
                            switch event {
                            case .added(let object), .modified(let object), .deleted(let object): object.resourceVersion
                            case .bookmark(let version, _): version
                            }
                        journal.append((Self.word(event), version))
                    }
                } catch {
                    if error.code != .cancelled { throw error }
                }
            }
            try await trigger?()
            await journal.entries(count)
            group.cancelAll()
            try await group.waitForAll()
        }
        return journal.entries
    }

    @Test(arguments: Place.all)
    func `exactly the changes after a version come, in order, and again when asked again`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            // By label, because a cluster's controllers publish ConfigMaps of their own into each namespace.
            func create(_ name: String) async throws -> ResourceVersion {
                try await bed.create(
                    .configMaps, #"{"metadata":{"name":"\#(name)","labels":{"x":"y"}}}"#
                ).resourceVersion
            }
            func options(after version: ResourceVersion) -> WatchOptions {
                WatchOptions(labelSelector: "x=y", start: .after(version))
            }
            let start = try await create("a")
            try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
            _ = try await create("b")
            let first = try await events(4, bed, options(after: start)) {
                try await bed.objects(.configMaps).delete(bed.key("a"))
                _ = try await create("c")
            }
            #expect(first.map(\.word) == ["modified a", "added b", "deleted a", "added c"])
            for (earlier, later) in zip(first, first.dropFirst()) {
                #expect(later.version.isNewer(than: earlier.version) == true)
            }
            // A client that lost its connection after the second event goes on there.
            let resumed = try await events(2, bed, options(after: first[1].version))
            #expect(resumed.map(\.word) == ["deleted a", "added c"])
            #expect(resumed.map(\.version) == first[2...].map(\.version))
        }
    }

    @Test(arguments: Place.all)
    func `without a version what exists comes first`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            for name in ["a", "b"] {
                try await bed.create(.configMaps, #"{"metadata":{"name":"\#(name)","labels":{"x":"y"}}}"#)
            }
            let seen = try await events(2, bed, WatchOptions(labelSelector: "x=y"))
            #expect(Set(seen.map(\.word)) == ["added a", "added b"])
        }
    }

    @Test(arguments: Place.all)
    func `what a selector lets go of is deleted for its watch, what it takes in is added`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let start = try await bed.create(
                .configMaps, #"{"metadata":{"name":"a","labels":{"x":"y"}}}"#
            ).resourceVersion
            for labels in [#"{"x":null}"#, #"{"x":"y"}"#, #"{"z":"1"}"#] {
                try await bed.merge(.configMaps, "a", #"{"metadata":{"labels":\#(labels)}}"#)
            }
            let seen = try await events(3, bed, WatchOptions(labelSelector: "x=y", start: .after(start)))
            #expect(seen.map(\.word) == ["deleted a", "added a", "modified a"])
        }
    }

    @Test(arguments: Place.slow)
    func `a quiet watch brings a bookmark before the server ends it`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let start = try await bed.createConfigMap("a").resourceVersion
            // Moves the resource on; the watch does not select it.
            let last = try await bed.createConfigMap("b").resourceVersion
            let journal = Journal<ResourceVersion?>()
            try await bed.objects(.configMaps).watch(
                in: .namespace(bed.namespace),
                WatchOptions(labelSelector: "x=y", start: .after(start), timeout: .seconds(5))
            ) { event in
                if case .bookmark(let version, _) = event { journal.append(version) } else { journal.append(nil) }
            }
            let version = try #require(journal.entries.last ?? nil)
            #expect(version == last || version.isNewer(than: last) == true)
            #expect(!journal.entries.contains(nil))
        }
    }
}
