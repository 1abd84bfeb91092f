import ControllerKit
import ControllerTestKit
import KubeClient
import Synchronization

/// A server in memory that changes its objects while it answers and fails in every way a real one does, by a seed.
///
/// All happens inside the requests of one informer, one after the other, so that a seed always gives the same story.
final class ChaoticServer: Sendable {
    private struct State {
        var rng: SeededRandom
        var version = 1
        var objects: [ObjectKey: Sample] = [:]
        /// The history since the last compaction.
        var events: [(version: Int, event: WatchEvent<Sample>)] = []
        var compacted = 0
        var requests = 0

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &rng) < percent }

        mutating func write(_ count: Int) {
            for _ in 0..<count {
                version += 1
                let key = ObjectKey(namespace: "ns", name: "o\(Int.random(in: 0..<12, using: &rng))")
                if let old = objects[key], chance(40) {
                    var last = old
                    last.resourceVersion = ResourceVersion(rawValue: "\(version)")
                    objects[key] = nil
                    events.append((version, .deleted(last)))
                } else {
                    let old = objects[key]
                    let item = Sample(
                        key.name, "\(version)", uid: old?.uid ?? "uid-\(version)",
                        groups: ["g\(Int.random(in: 0..<3, using: &rng))"])
                    objects[key] = item
                    events.append((version, old == nil ? .added(item) : .modified(item)))
                }
            }
        }

        mutating func fault() -> KubeError? {
            guard chance(25) else { return nil }
            return [
                KubeError.expired, .tooLarge, .refused, .serverFailed, .status(429, "TooManyRequests", retryAfter: 2),
                .status(422, "Invalid"), KubeError(.timeout, "late"), KubeError(.decoding, "half a frame"),
            ].randomElement(using: &rng)
        }
    }

    private let state: Mutex<State>
    private let faultyRequests: Int
    private let settled = AsyncStream<Void>.makeStream()

    init(seed: UInt64, faultyRequests: Int) {
        var state = State(rng: SeededRandom(seed: seed))
        state.write(8)
        self.state = Mutex(state)
        self.faultyRequests = faultyRequests
    }

    var objects: [ObjectKey: Sample] { state.withLock { $0.objects } }

    /// Suspends until the informer has been told everything.
    func waitUntilSettled() async {
        for await _ in settled.stream { return }
    }

    var source: ReflectorSource<Sample> {
        ReflectorSource(
            list: { options, body async throws(KubeError) -> ListMetadata in try self.list(options, body) },
            watch: { options, body async throws(KubeError) -> Void in try await self.watch(options, body) })
    }

    private func list(_ options: ListOptions, _ body: (Sample) -> Void) throws(KubeError) -> ListMetadata {
        let (page, metadata, error) = state.withLock { state -> ([Sample], ListMetadata, KubeError?) in
            state.requests += 1
            let isCalm = state.requests > faultyRequests
            let all = state.objects.values.sorted { $0.id < $1.id }
            let start = options.continueToken.flatMap { Int($0) } ?? 0
            var end = all.count
            // Pages are of one moment here: nothing is written before the last one.
            if let limit = options.limit, end - start > limit { end = start + limit }
            let isLast = end == all.count
            let metadata = ListMetadata(
                resourceVersion: ResourceVersion(rawValue: "\(state.version)"),
                continueToken: isLast ? nil : "\(end)")
            let page = start < end ? Array(all[start..<end]) : []
            let error = isCalm ? nil : state.fault()
            if !isCalm, isLast || error != nil { state.write(2) }
            return (page, metadata, error)
        }
        // A list that fails may have delivered some of its items.
        for item in error == nil ? page[...] : page.prefix(page.count / 2) { body(item) }
        if let error { throw error }
        return metadata
    }

    private func watch(
        _ options: WatchOptions, _ body: (WatchEvent<Sample>) throws(KubeError) -> Void
    ) async throws(KubeError) {
        let (events, error, isCalm) = state.withLock { state -> ([WatchEvent<Sample>], KubeError?, Bool) in
            state.requests += 1
            let isCalm = state.requests > faultyRequests
            var events: [WatchEvent<Sample>] = []
            var position = state.version
            switch options.start {
            case .initialEvents:
                events = state.objects.values.map { .added($0) }
                events.append(.bookmark(ResourceVersion(rawValue: "\(position)"), endsInitialEvents: true))
            case .mostRecent: events = state.objects.values.map { .added($0) }
            case .after(let version): position = Int(version.rawValue) ?? 0
            }
            if position < state.compacted { return ([], .expired, isCalm) }
            if !isCalm {
                state.write(Int.random(in: 0..<6, using: &state.rng))
                if state.chance(10) {
                    state.compacted = state.version
                    state.events = []
                    return ([], .expired, isCalm)
                }
            }
            events += state.events.filter { $0.version > position }.map(\.event)
            if state.chance(30) {
                events.append(.bookmark(ResourceVersion(rawValue: "\(state.version)"), endsInitialEvents: false))
            }
            guard !isCalm else { return (events, nil, true) }
            let error = state.fault()
            if error != nil || state.chance(50) {
                events = Array(events.prefix(Int.random(in: 0...events.count, using: &state.rng)))
            }
            return (events, error, false)
        }
        for event in events { try body(event) }
        if let error { throw error }
        guard isCalm else { return }
        settled.continuation.yield()
        // Open until the informer is cancelled.
        let forever = AsyncStream<Never> { _ in }
        for await _ in forever {}
        throw KubeError(.cancelled, "cancelled")
    }
}
