import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// The shipped binary on servers that have protobuf and on servers that do not.
@Suite(.timeLimit(.minutes(2))) struct EncodingTests {
    @Test("a change reloads once, and JSON is gone on with where the server prefers it", arguments: [true, false])
    func reloads(answersProtobuf: Bool) async throws {
        let shop = try Shop("web", "canary", answersProtobuf: answersProtobuf)
        try shop.server.create(
            json: """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"key","namespace":"shop"},"data":{"k":"MQ=="}}
                """)
        _ = try await shop.run { process in
            try shop.change("web", to: "2")
            try await shop.written("web")
            // The streams end, and the next ones are asked for with what was learnt.
            shop.server.clearRequests()
            shop.server.closeWatches { $0.resource == "configmaps" || $0.resource == "deployments" }
            for resource in ["configmaps", "deployments"] {
                let next = try await shop.server.waitForRequest {
                    $0.attributes.resource == resource && $0.attributes.verb == "watch"
                }
                let accept = try #require(next[header: "Accept"])
                #expect(accept.hasPrefix("application/vnd.kubernetes.protobuf,") == answersProtobuf, "\(accept)")
            }
            try shop.change("web", to: "3")
            try await shop.written("web")
            try await shop.canary()
            #expect(shop.writes(to: "web") == [200])
            #expect(!process.lines.contains { $0.contains("protobuf") }, "nothing went wrong that had to be said")
        }
    }
}
