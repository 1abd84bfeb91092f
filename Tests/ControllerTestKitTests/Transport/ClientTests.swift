import ControllerTestKit
import KubeClient
import TestSupport
import Testing

/// The client's verbs work alike without sockets and over loopback.
@Suite struct ClientTests {

    enum Wiring: CaseIterable, Sendable { case memory, sockets }

    private func withClient(
        _ wiring: Wiring, _ body: (TestAPIServer, ResourceClient<ObjectMetadata>) async throws -> Void
    ) async throws {
        let server = TestAPIServer()
        let resource = APIResource.configMaps
        switch wiring {
        case .memory: try await body(server, server.client(logger: .silent).resource(resource))
        case .sockets:
            try await server.withHTTPListener { url in
                let client = try KubeClient(configuration: KubeConfiguration(server: url), logger: .silent)
                try await body(server, client.resource(resource))
            }
        }
    }

    @Test(arguments: Wiring.allCases)
    func `an object is created, read, listed, patched and deleted`(wiring: Wiring) async throws {
        try await withClient(wiring) { server, configMaps in
            let created = try await configMaps.create(
                Array(#"{"metadata":{"name":"a"}}"#.utf8), in: .namespace("default"))
            let key = ObjectKey(namespace: "default", name: "a")
            #expect(created.id == key)
            #expect(try await configMaps.get(key) == created)
            #expect(try await configMaps.list().items.map(\.id) == [key])
            let patched = try await configMaps.patch(key, .merge(Array(#"{"metadata":{"labels":{"x":"y"}}}"#.utf8)))
            #expect(patched.labels == ["x": "y"])
            try await configMaps.delete(key)
            await #expect {
                try await configMaps.get(key)
            } throws: {
                ($0 as? KubeError)?.isNotFound == true
            }
            #expect(server.requests.map(\.status) == [201, 200, 200, 200, 200, 404])
        }
    }

    @Test(arguments: Wiring.allCases)
    func `a watch delivers changes as they happen and ends with the server's stream`(wiring: Wiring) async throws {
        try await withClient(wiring) { server, configMaps in
            let names = Journal<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await configMaps.watch(in: .namespace("default")) { event in
                        guard case .added(let object) = event else { return }
                        names.append(object.id.name)
                        // The next change comes when this one has arrived.
                        guard object.id.name == "a" else { return }
                        _ = try? server.create(
                            json:
                                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"default"}}"#
                        )
                        server.closeWatches()
                    }
                }
                try await server.waitForRequest { $0.attributes.verb == "watch" }
                try server.create(
                    json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}"#)
                try await group.waitForAll()
            }
            #expect(names.entries == ["a", "b"])
            #expect(server.watches.isEmpty)
        }
    }

    @Test(arguments: Wiring.allCases)
    func `cancelling a watch ends it on both sides`(wiring: Wiring) async throws {
        try await withClient(wiring) { server, configMaps in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect {
                        try await configMaps.watch { _ in }
                    } throws: {
                        ($0 as? KubeError)?.code == .cancelled
                    }
                }
                try await server.waitForRequest { $0.attributes.verb == "watch" }
                group.cancelAll()
                try await group.waitForAll()
            }
            // Over a socket the server learns of it when the connection closes.
            try await server.waitForWatches { $0.isEmpty }
        }
    }

    @Test func `a connection carries one request after the other`() async throws {
        try await withClient(.sockets) { server, configMaps in
            for _ in 1...20 { _ = try await configMaps.list() }
            #expect(server.requests.count == 20)
        }
    }

    @Test func `a token is known or refused`() async throws {
        let server = TestAPIServer()
        server.authenticate { $0 == "good" ? .serviceAccount(namespace: "default", name: "it") : nil }
        server.authorize { $0.resource == "configmaps" ? .allow() : .deny }
        func status(_ token: String?, _ resource: APIResource) async -> Int? {
            let client = server.client(logger: .silent, token: token).resource(resource, as: ObjectMetadata.self)
            do {
                _ = try await client.list()
                return 200
            } catch {
                return error.status?.code
            }
        }
        #expect(await status("good", .configMaps) == 200)
        #expect(await status("good", .secrets) == 403)
        #expect(await status("bad", .configMaps) == 401)
        #expect(await status(nil, .secrets) == 403)
        #expect(server.requests.last?.attributes.user == .anonymous)
    }
}
