import KubeClient
import Testing

@testable import ControllerTestKit

/// What expires with the history, and what does not.
@Suite struct CompactionTests {
    private let server = TestAPIServer(clock: ManualClock())

    @Test func `a continue token expires, and the one in the refusal goes on from the newest state`() throws {
        for name in ["a", "b", "c", "d"] { try server.configMap(name) }
        let token = server.answer("GET", "\(configMapsPath)?limit=2").json["metadata", "continue"]?.string ?? ""
        try server.delete(.configMaps, .inDefault("c"))
        try server.configMap("cc")
        #expect(server.answer("GET", "\(configMapsPath)?limit=2&continue=\(token)").json.names == ["c", "d"])
        server.compact()
        let refusal = server.answer("GET", "\(configMapsPath)?limit=2&continue=\(token)")
        #expect(refusal.status == 410)
        #expect(refusal.json["reason"]?.string == "Expired")
        let next = refusal.json["metadata", "continue"]?.string ?? ""
        #expect(next == "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYlx1MDAwMCJ9")
        let rest = server.answer("GET", "\(configMapsPath)?limit=2&continue=\(next)")
        #expect(rest.json.names == ["cc", "d"])
    }

    @Test func `an exact read of an expired version is 410, a read not older than it is not`() throws {
        let old = ObjectMeta(try server.configMap("a")).resourceVersion
        try server.configMap("b")
        let exact = "\(configMapsPath)?resourceVersion=\(old)&resourceVersionMatch=Exact"
        #expect(server.answer("GET", exact).json.names == ["a"])
        server.compact()
        #expect(server.answer("GET", exact).status == 410)
        let newer = server.answer("GET", "\(configMapsPath)?resourceVersion=\(old)&resourceVersionMatch=NotOlderThan")
        #expect(newer.json.names == ["a", "b"])
    }

    @Test func `a new watch from an expired version gets an error frame`() async throws {
        let old = ObjectMeta(try server.configMap("a")).resourceVersion
        try server.configMap("b")
        server.compact()
        let collector = Collector()
        let target = "\(configMapsPath)?watch=true&resourceVersion=\(old)"
        try await server.finish(server.begin(ServerRequest(method: "GET", target: target)), collector)
        let frames = try collector.frames.map { try GoJSONParser.parse($0).value }
        #expect(frames.map { $0["type"]?.string } == ["ERROR"])
        #expect(frames.first?["object", "reason"]?.string == "Expired")
        #expect(frames.first?["object", "message"]?.string?.hasPrefix("too old resource version: \(old) (") == true)
    }

    @Test func `a watch that runs goes on over a compaction`() async throws {
        let version = ObjectMeta(try server.configMap("a")).resourceVersion
        let frames = try await server.frames("\(configMapsPath)?watch=true&resourceVersion=\(version)") { _ in
            try server.configMap("b")
            server.compact()
            try server.configMap("c")
        }
        #expect(frames.map { $0["object", "metadata", "name"]?.string } == ["b", "c"])
    }
}

extension JSONValue {
    /// The names of a list's items.
    var names: [String] { self["items"]?.array?.map { ObjectMeta($0).name } ?? [] }
}
