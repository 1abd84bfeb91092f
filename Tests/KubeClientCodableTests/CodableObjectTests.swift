import ControllerTestKit
import Foundation
import KubeClient
import KubeClientCodable
import TestSupport
import Testing

private struct ConfigMap: Codable, Sendable {
    struct Metadata: Codable, Sendable {
        var name: String
        var namespace: String?
        var creationTimestamp: Date?
        var resourceVersion: String?
    }
    var apiVersion = "v1"
    var kind = "ConfigMap"
    var metadata: Metadata
    var data: [String: String]?
}

/// A model that no ConfigMap is.
private struct Strict: Codable, Sendable { var mandatory: Int }

@Suite struct CodableObjectTests {
    private let server = TestAPIServer()
    private let key = ObjectKey(namespace: "default", name: "a")

    private func client<Model>(_ model: Model.Type) -> ResourceClient<CodableObject<Model>> {
        server.client(logger: .silent).resource(.configMaps)
    }

    @Test func `models are created, read, replaced and applied`() async throws {
        let configMaps = client(ConfigMap.self)
        let model = ConfigMap(metadata: .init(name: "a"), data: ["k": "v"])
        let created = try await configMaps.create(model, in: .namespace("default"))
        #expect(created.id == key)
        var read = try await configMaps.get(key).model
        #expect(read.data == ["k": "v"])
        let age = Date.now.timeIntervalSince(try #require(read.metadata.creationTimestamp))
        #expect((-5..<600).contains(age))
        read.data?["k"] = "w"
        #expect(try await configMaps.replace(key, with: read).model.data == ["k": "w"])
        // Written with the version of before: refused.
        await #expect {
            try await configMaps.replace(key, with: read)
        } throws: {
            ($0 as? KubeError)?.isConflict == true
        }
        let wanted = ConfigMap(metadata: .init(name: "a", namespace: "default"), data: ["x": "y"])
        #expect(try await configMaps.apply(key, wanted, manager: "test").model.data == ["k": "w", "x": "y"])
    }

    @Test func `an object that is no such model does not stop the list`() async throws {
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}"#)
        let page = try await client(Strict.self).list()
        #expect(page.items.map(\.id) == [key])
        #expect(throws: DecodingError.self) { try page.items[0].model }
    }

    @Test(arguments: [("2026-11-22T10:02:08Z", 1_795_341_728.0), ("2026-11-22T10:02:08.250000Z", 1_795_341_728.25)])
    func `times are read with a fraction or without`(text: String, seconds: Double) throws {
        let dates = try JSONDecoder.kubernetes.decode([Date].self, from: Data(#"["\#(text)"]"#.utf8))
        #expect(dates == [Date(timeIntervalSince1970: seconds)])
    }
}
