import KubeClient
import Testing

@testable import ControllerTestKit

/// What time brings to a watch.
@Suite struct WatchTimeTests {
    private let clock = ManualClock()
    private let server: TestAPIServer

    init() { server = TestAPIServer(clock: clock) }

    @Test(arguments: [
        (1, [(1, true)]), (2, [(2, true)]), (8, [(6, false), (2, true)]),
        (100, [(60, false), (38, false), (2, true)]), (122, [(60, false), (60, false), (2, true)]),
    ])
    func `bookmarks come every minute and two seconds before the end`(timeout: Int, entries: [(Int, Bool)]) {
        let timetable = Array(WatchTimetable(timeout: .seconds(timeout)))
        #expect(timetable.map(\.wait) == entries.map { .seconds($0.0) })
        #expect(timetable.map(\.isEnd) == entries.map(\.1))
    }

    @Test func `a bookmark shows the newest version of the kind, once there is a newer one`() async throws {
        let first = ObjectMeta(try server.configMap("a")).resourceVersion
        let target = "\(configMapsPath)?watch=true&allowWatchBookmarks=true&labelSelector=x&timeoutSeconds=300"
        let frames = try await server.frames("\(target)&resourceVersion=\(first)") { collector in
            try await clock.waitForSleepers()
            // Nothing was written: no bookmark.
            clock.advance(by: .seconds(60))
            try await clock.waitForSleepers()
            try server.configMap("b")
            clock.advance(by: .seconds(60))
            try await clock.waitForSleepers()
        }
        let second = ObjectMeta(try server.get(.configMaps, .inDefault("b"))).resourceVersion
        #expect(frames.map { $0["type"]?.string } == ["BOOKMARK"])
        #expect(frames.first?["object", "metadata", "resourceVersion"]?.string == second)
    }

    @Test func `the server ends a watch when its time is up`() async throws {
        let collector = Collector()
        let exchange = server.begin(
            ServerRequest(method: "GET", target: "\(configMapsPath)?watch=true&timeoutSeconds=5"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [server] in try await server.finish(exchange, collector) }
            for seconds in [3, 2] {
                try await clock.waitForSleepers()
                clock.advance(by: .seconds(seconds))
            }
            try await group.waitForAll()
        }
        #expect(collector.status == 200)
        #expect(server.watches.isEmpty)
    }

    @Test func `objects are as old as the clock says`() throws {
        let created = ObjectMeta(try server.configMap("a")).json["creationTimestamp"]?.string
        clock.advance(by: .seconds(90))
        let accept = [(name: "Accept", value: "application/json;as=Table;g=meta.k8s.io;v=v1")]
        let table = server.answer("GET", configMapsPath, headers: accept).json
        #expect(table["rows"]?.array?.first?["cells"]?.array?.last?.string == "90s")
        #expect(ObjectMeta(try server.configMap("b")).json["creationTimestamp"]?.string != created)
    }
}
