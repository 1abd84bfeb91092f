import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct ProviderClassContentTests {
    private typealias Outcome = ProviderClassContent.Outcome

    private func status(_ versions: String, at version: Int = 1) throws -> ProviderClassPodStatus {
        let objects = versions.split(separator: " ").map { entry in
            let parts = entry.split(separator: "@")
            return #"{"id":"\#(parts[0])","version":"\#(parts[1])"}"#
        }
        return try decode(
            ProviderClassPodStatus.self,
            """
            {"metadata":{"name":"p","namespace":"shop","uid":"u","resourceVersion":"\(version)"},\
            "status":{"secretProviderClassName":"my-spc","objects":[\(objects.joined(separator: ","))]}}
            """)
    }

    private func content(_ statuses: String..., isInitial: Bool = false) throws -> ProviderClassContent {
        var content = ProviderClassContent()
        for (index, text) in statuses.enumerated() {
            _ = content.added(try status(text, at: index + 1), isInitial: isInitial)
        }
        return content
    }

    @Test func `the fingerprint is that of v1.4.21, whatever the order of the secrets`() throws {
        for versions in [
            "secret/data/app/user@3 secret/data/app/password@7", "secret/data/app/password@7 secret/data/app/user@3",
        ] {
            #expect(
                try content(versions).fingerprint(className: "my-spc")?.hex
                    == "ffd207790ba404778f46a559fe3b373df52d129d")
        }
    }

    @Test func `a rotation over many pods is one`() throws {
        var content = try content("a@1 b@1", "a@1 b@1", "a@1 b@1")
        let outcomes = try (0..<3).map { _ in content.changed(from: try status("a@1 b@1"), to: try status("a@2 b@1")) }
        #expect(outcomes == [.rotated, .same, .same])
    }

    @Test func `two secrets that one pod takes in turn and another at once are two rotations, not four`() throws {
        var content = try content("a@1 b@1", "a@1 b@1")
        #expect(content.changed(from: try status("a@1 b@1"), to: try status("a@2 b@2")) == .rotated)
        #expect(content.changed(from: try status("a@1 b@1"), to: try status("a@2 b@1")) == .same)
        #expect(content.changed(from: try status("a@2 b@1"), to: try status("a@2 b@2")) == .same)
        #expect(content.changed(from: try status("a@2 b@2"), to: try status("a@2 b@3")) == .rotated)
    }

    @Test func `a pod that is two rotations behind follows without news`() throws {
        var content = try content("a@1", "a@1")
        #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .rotated)
        #expect(content.changed(from: try status("a@2"), to: try status("a@3")) == .rotated)
        #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .same)
        #expect(content.changed(from: try status("a@2"), to: try status("a@3")) == .same)
        let newest = try self.content("a@3").fingerprint(className: "c")
        #expect(content.fingerprint(className: "c") == newest)
    }

    @Test func `going back to an earlier version is a rotation, once for all pods`() throws {
        var content = try content("a@1", "a@1")
        for _ in 0..<2 { _ = content.changed(from: try status("a@1"), to: try status("a@2")) }
        #expect(content.changed(from: try status("a@2"), to: try status("a@1")) == .rotated)
        #expect(content.changed(from: try status("a@2"), to: try status("a@1")) == .same)
        #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .rotated)
    }

    @Test func `a pod that starts with newer versions is no rotation, but the others that follow are`() throws {
        var content = try content("a@1", "a@1")
        #expect(content.added(try status("a@2"), isInitial: false) == .same)
        #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .rotated)
        #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .same)
    }

    @Test func `pods that come and go are no rotation`() throws {
        var content = try content("a@1", "a@1")
        _ = content.changed(from: try status("a@1"), to: try status("a@2"))
        let rotated = content.fingerprint(className: "c")
        // The reload replaces one pod after the other; the last one is still behind.
        #expect(content.added(try status("a@2"), isInitial: false) == .same)
        #expect(content.removed(try status("a@2")) == .same)
        #expect(content.removed(try status("a@2")) == .same)
        #expect(content.removed(try status("a@1")) == .same)
        #expect(content.fingerprint(className: "c") == rotated)
        #expect(content.added(try status("a@2"), isInitial: false) == .same)
        #expect(content.fingerprint(className: "c") == rotated)
    }

    @Test func `what all pods have started with is the content, without a rotation`() throws {
        var content = try content("a@1", "a@1")
        for _ in 0..<2 {
            _ = content.added(try status("a@5"), isInitial: false)
            _ = content.removed(try status("a@1"))
        }
        #expect(content.fingerprint(className: "c") == (try self.content("a@5").fingerprint(className: "c")))
        #expect(content.changed(from: try status("a@5"), to: try status("a@1")) == .rotated)
    }

    @Test func `secrets that come to a class or leave it are a rotation`() throws {
        var content = try content("a@1", "a@1")
        #expect(content.changed(from: try status("a@1"), to: try status("a@1 b@1")) == .rotated)
        #expect(content.changed(from: try status("a@1"), to: try status("a@1 b@1")) == .same)
        #expect(content.changed(from: try status("a@1 b@1"), to: try status("b@1")) == .rotated)
        #expect(content.changed(from: try status("a@1 b@1"), to: try status("b@1")) == .same)
        #expect(content.fingerprint(className: "c") == (try self.content("b@1").fingerprint(className: "c")))
    }

    @Test func `a status that lists nothing at first counts when it does`() throws {
        var content = try content("")
        #expect(content.changed(from: try status(""), to: try status("a@1")) == .rotated)
    }

    @Test func `a rotation that was under way at the start counts once more when it goes on`() throws {
        for order in [["a@2", "a@1", "a@1"], ["a@1", "a@2", "a@1"]] {
            var content = ProviderClassContent()
            for text in order {
                _ = content.added(try status(text, at: text == "a@2" ? 9 : 3), isInitial: true)
            }
            #expect(content.fingerprint(className: "c") == (try self.content("a@2").fingerprint(className: "c")))
            #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .rotatedSinceBefore)
            #expect(content.changed(from: try status("a@1"), to: try status("a@2")) == .same)
        }
    }

    @Test func `ids that a status lists twice count twice`() throws {
        let twice = try content("a@1 a@1")
        let once = try content("a@1")
        #expect(twice.fingerprint(className: "c") != once.fingerprint(className: "c"))
    }
}

@Suite struct ProviderClassPodStatusTests {
    @Test(
        "odd objects are read without an error",
        arguments: [
            "{}", #"{"metadata":null,"status":null}"#, #"{"status":{"objects":null}}"#,
            #"{"status":{"objects":[null,{},{"id":null}],"secretProviderClassName":7}}"#, #"{"status":[]}"#,
        ])
    func tolerance(json: String) throws {
        #expect(try decode(ProviderClassPodStatus.self, json).className == "")
    }

    @Test func `what is kept is the class and the versions`() throws {
        let status = try decode(
            ProviderClassPodStatus.self,
            """
            {"metadata":{"name":"web-0-shop-db","namespace":"shop","uid":"u","resourceVersion":"4","labels":{"a":"b"}},\
            "status":{"podName":"web-0","mounted":true,"targetPath":"/var/lib","secretProviderClassName":"db",\
            "objects":[{"id":"user","version":"3"},{"version":"7","id":"password"}]}}
            """)
        #expect(status.providerClass.description == "SECRETPROVIDERCLASS shop/db")
        #expect(status.versions == [.init(id: "user"): "3", .init(id: "password"): "7"])
        #expect(status.resourceVersion.rawValue == "4")
    }
}
