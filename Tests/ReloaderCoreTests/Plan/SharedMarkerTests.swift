import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// ConfigMaps whose markers have one name: `a-b` and `a.b`.
@Suite("Shared markers", .timeLimit(.minutes(1))) struct SharedMarkerTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    private static let marker = "STAKATER_A_B_CONFIGMAP"
    /// Of `key=1` and `key=2`.
    private static let one = "a4b089606e6a6d1521a502924c50cbce8e584798"
    private static let two = "86a73563b6bb37fa56bf52aacfc7d79cea7ab856"

    private func stage(_ annotations: String = Stage.auto) throws -> Stage {
        let stage = Stage()
        try stage.createConfigMap("a-b", "1")
        try stage.createConfigMap("a.b", "1")
        try stage.createConfigMap("canary", "0")
        try stage.createWorkload("web", configMaps: ["a-b", "a.b"], annotations: annotations)
        try stage.createWorkload("canary", configMaps: ["canary"])
        return stage
    }

    private func marker(_ stage: Stage) -> String? { try? stage.markers(of: "web")[Self.marker] }

    /// Changes one and waits until the template says so.
    private func change(_ name: String, to value: String, on stage: Stage) async throws {
        let before = marker(stage)
        try stage.change(configMap: name, to: value)
        await stage.untilSettled { marker(stage) != before }
    }

    @Test func `every change of either is a new value, also to what the other holds, and then there is rest`()
        async throws
    {
        let stage = try stage()
        try await stage.run(atOnce) { stage in
            var seen: [String?] = [marker(stage)]
            // The second brings both to the same content; the last but one goes back to the start.
            for (name, value) in [("a-b", "2"), ("a.b", "2"), ("a-b", "1"), ("a.b", "1"), ("a-b", "3")] {
                try await change(name, to: value, on: stage)
                #expect(marker(stage) != seen.last)
                seen.append(marker(stage))
            }
            for value in ["1", "2"] {
                try stage.change(configMap: "canary", to: value)
                await stage.untilSettled { stage.patches.filter { $0.attributes.name == "canary" }.count == Int(value) }
            }
            #expect(stage.patches.filter { $0.attributes.name == "web" }.count == 5)
            #expect(Set(seen).count == 6)
        }
    }

    @Test func `both at once are one write`() async throws {
        let stage = try stage()
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a-b", to: "2")
            try stage.change(configMap: "a.b", to: "2")
            await stage.untilReceived(2)
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .milliseconds(300))
            let patch = try await stage.patch(of: "web")
            #expect(patch.bodyText.contains(Self.marker))
            #expect(!patch.bodyText.contains(Self.two))
        }
    }

    @Test func `one that is alone has its own fingerprint, as ever`() async throws {
        let stage = try stage()
        var options = atOnce
        options.reloadOnDelete = true
        try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a.b"))
        try await stage.run(options) { stage in
            try await change("a-b", to: "2", on: stage)
            #expect(marker(stage) == Self.two)
        }
    }

    @Test func `what is left after a deletion keeps the marker`() async throws {
        let stage = try stage()
        var options = atOnce
        options.reloadOnDelete = true
        try await stage.run(options) { stage in
            try await change("a-b", to: "2", on: stage)
            let shared = marker(stage)
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a-b"))
            await stage.untilSettled { marker(stage) != shared }
            #expect(marker(stage) == Self.one)
        }
    }

    @Test func `one that is excluded shares nothing`() async throws {
        let stage = try stage(
            #"{"reloader.stakater.com/auto":"true","configmaps.exclude.reloader.stakater.com/reload":"a.b"}"#)
        try await stage.run(atOnce) { stage in
            try await change("a-b", to: "2", on: stage)
            #expect(marker(stage) == Self.two)
        }
    }
}
