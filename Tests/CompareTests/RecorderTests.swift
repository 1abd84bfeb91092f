import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@testable import Compare

/// What stands between a program and its API server.
@Suite(.timeLimit(.minutes(1))) struct RecorderTests {

    @Test func `requests are passed on, streams included, and counted by verb`() async throws {
        let server = TestAPIServer()
        try await server.withHTTPListener { serverURL in
            let transport = try CurlTransport(configuration: KubeConfiguration(server: serverURL), logger: .silent)
            let recorder = Recorder(forwardingTo: transport)
            try await recorder.serve { url in
                let client = try KubeClient(configuration: KubeConfiguration(server: url), logger: .silent)
                let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
                let created = try await configMaps.create(
                    Array(#"{"metadata":{"name":"a b"}}"#.utf8.filter { $0 != 0x20 }), in: .namespace("default"))
                #expect(try await configMaps.get(created.id) == created)
                let page = try await configMaps.list(
                    in: .namespace("default"), ListOptions(labelSelector: "x in (a,b)"))
                #expect(page.items.isEmpty)
                let missing = await #expect(throws: KubeError.self) {
                    try await configMaps.get(ObjectKey(namespace: "default", name: "b"))
                }
                #expect(missing?.isNotFound == true)

                // Ends when it has seen the change that is made after it began.
                let end = await #expect(throws: KubeError.self) {
                    try await configMaps.watch(in: .namespace("default")) { (event) throws(KubeError) in
                        switch event {
                        case .added: _ = try? server.patch(.configMaps, created.id, merge: #"{"data":{"k":"v"}}"#)
                        case .modified: throw KubeError(.cancelled, "seen")
                        default: break
                        }
                    }
                }
                #expect(end?.message.contains("seen") == true)
                // The server learns that the program has gone.
                try await server.waitForWatches { $0.isEmpty }
                #expect(recorder.calls == ["create": 1, "get": 2, "list": 1, "watch": 1])
                #expect(recorder.watched == ["configmaps"])
                recorder.reset()
                #expect(recorder.calls.isEmpty)
            }
        }
    }

    @Test func `a server that cannot be reached is a bad gateway`() async throws {
        let transport = try CurlTransport(
            configuration: KubeConfiguration(server: "http://127.0.0.1:1"), logger: .silent)
        try await Recorder(forwardingTo: transport).serve { url in
            let client = try KubeClient(configuration: KubeConfiguration(server: url), logger: .silent)
            let error = await #expect(throws: KubeError.self) {
                _ = try await client.resource(.configMaps, as: ObjectMetadata.self).list()
            }
            #expect(error?.status?.code == 502)
        }
    }
}
