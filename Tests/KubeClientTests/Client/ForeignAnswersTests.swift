import KubeClient
import TestSupport
import Testing

@Suite("Answers that are not the API server's")
struct ForeignAnswersTests {
    private static let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>…</body></html>"

    private func failure(_ verb: String, _ step: ScriptedTransport.Step) async throws -> KubeError {
        let resource = KubeClient(transport: ScriptedTransport(step), clock: NotingClock(), logger: .silent)
            .resource(.configMaps, as: ObjectMetadata.self)
        let key = ObjectKey(namespace: "shop", name: "web")
        let error = await #expect(throws: KubeError.self) {
            switch verb {
            case "get": _ = try await resource.get(key)
            case "list": _ = try await resource.list()
            case "watch": try await resource.watch { _ in }
            case "patch": try await resource.patch(key, .merge(Array("{}".utf8)))
            default: try await resource.deleteCollection(in: .namespace("shop"), ListOptions())
            }
        }
        return try #require(error)
    }

    @Test(
        "a page under status 200 is told by its title, whatever was asked for and whatever it is called",
        arguments: ["get", "list", "watch", "patch", "delete all"],
        ["text/html; charset=utf-8", "application/json", ""])
    func page(verb: String, type: String) async throws {
        let headers = type.isEmpty ? [] : [("Content-Type", type)]
        for pieces in [[Self.page], ["", " \n", Self.page], [Self.page, Self.page]] {
            let error = try await failure(verb, .init(headers: headers, pieces: pieces))
            #expect(error.code == .decoding)
            #expect(error.description.hasPrefix("\(verb) configmaps "))
            let end = ": the answer is an HTML page: Sign in, not JSON; is a proxy or its login in the way?"
            #expect(error.description.hasSuffix(end), "\(error)")
        }
    }

    @Test("a page without a body is one, too", arguments: ["get", "watch"])
    func empty(verb: String) async throws {
        let error = try await failure(verb, .init(headers: [("Content-Type", "text/html")]))
        #expect(error.code == .decoding)
        #expect(error.description.contains("the answer is an empty HTML page, not JSON"))
    }

    @Test("another type is refused by its name", arguments: ["get", "list", "watch"])
    func otherType(verb: String) async throws {
        let error = try await failure(verb, .init(headers: [("Content-Type", "text/plain")], pieces: ["ok"]))
        #expect(error.code == .decoding)
        #expect(error.description.contains("the answer is text/plain, not JSON"))
    }

    @Test("a page under an error status is that error")
    func refusal() async throws {
        let headers = [("Content-Type", "text/html")]
        let error = try await failure("get", .init(status: 502, headers: headers, pieces: ["<h1>Bad Gateway</h1>"]))
        #expect(error.status?.code == 502)
        #expect(error.isServerError)
    }
}
