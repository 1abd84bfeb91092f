import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@testable import ReloaderCore

/// What is kept of an object must not depend on the encoding that it came in.
@Suite struct EncodingEquivalenceTests {
    private static let chunks = [1, 7, 63, 64, 65, 1000]
    private static let kinds = [
        "ConfigMap", "Secret", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job",
    ]

    private func list<Object: StaticResource>(
        _ type: Object.Type, _ transport: ListTransport
    ) async throws -> [Object] {
        let client = KubeClient(transport: transport, logger: .silent)
        return try await client.resource(type).list().items
    }

    private func compare<Object: StaticResource & Equatable>(
        _ type: Object.Type, _ objects: [JSONValue], _ kind: String, _ comment: Comment
    ) async throws {
        let version = objects[0]["apiVersion"]?.string ?? ""
        let metadata: JSONValue = .object(JSONObject([("resourceVersion", "1")]))
        let json = JSONValue.object(
            JSONObject([
                ("kind", .string("\(kind)List")), ("apiVersion", .string(version)), ("metadata", metadata),
                ("items", .array(objects)),
            ])
        ).bytes
        let protobuf = try TypeSchema.builtIn.protobufList(
            objects, as: kind, apiVersion: version, kind: "\(kind)List", metadata: metadata)
        let expected = try await list(type, ListTransport(body: json, isProtobuf: false, length: json.count))
        #expect(expected.count == objects.count)
        for length in Self.chunks + [protobuf.count] {
            let found = try await list(type, ListTransport(body: protobuf, isProtobuf: true, length: length))
            #expect(found == expected, comment)
        }
        let inPieces = try await list(type, ListTransport(body: json, isProtobuf: false, length: 64))
        #expect(inPieces == expected, comment)
    }

    @Test("random objects are kept alike, fingerprints and all", arguments: kinds)
    func random(_ kind: String) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var maker = ObjectMaker(seed: seed)
        let isConfig = kind == "ConfigMap" || kind == "Secret"
        let objects = (0..<20).map { _ in isConfig ? maker.config(kind) : maker.workload(kind) }
        try await compare(kind, objects, "seed \(seed)")
    }

    private func compare(_ kind: String, _ objects: [JSONValue], _ comment: Comment) async throws {
        switch kind {
        case "ConfigMap": try await compare(ConfigMapResource.self, objects, kind, comment)
        case "Secret": try await compare(SecretResource.self, objects, kind, comment)
        case "Deployment": try await compare(DeploymentResource.self, objects, kind, comment)
        case "StatefulSet": try await compare(StatefulSetResource.self, objects, kind, comment)
        case "DaemonSet": try await compare(DaemonSetResource.self, objects, kind, comment)
        case "CronJob":
            try await compare(WorkloadResource<CronJobSource>.self, objects, kind, comment)
            try await compare(WorkloadResource<CronJobTemplateSource>.self, objects, kind, comment)
        default: try await compare(WorkloadResource<JobSource>.self, objects, kind, comment)
        }
    }

    @Test("a large value that lies across many pieces")
    func large() async throws {
        let text = String(repeating: "value; with=separators\n", count: 4000)
        for (kind, value) in [("ConfigMap", text), ("Secret", Base64.encode(text.utf8))] {
            let object = JSONValue.object(
                JSONObject([
                    ("kind", .string(kind)), ("apiVersion", "v1"),
                    ("metadata", .object(JSONObject([("name", "a"), ("namespace", "b")]))),
                    ("data", .object(JSONObject([("z", .string(value)), ("a", .string(value))]))),
                ]))
            try await compare(kind, [object, object], "\(kind)")
        }
    }

    @Test("a Secret's value that does not fit is in no error")
    func noLeak() async throws {
        // The length of the value goes past the end of its entry.
        let secret = Array("hunter2-is-the-password".utf8)
        let entry: [UInt8] = [0x0A, 1, 0x6B, 0x12, UInt8(secret.count + 50)] + secret
        let object: [UInt8] = [0x0A, 3, 0x0A, 1, 0x73, 0x12, UInt8(entry.count)] + entry
        let message: [UInt8] = [0x12, UInt8(object.count)] + object
        let type = Array("SecretList".utf8)
        let body =
            [0x6B, 0x38, 0x73, 0, 0x0A, UInt8(type.count + 2), 0x12, UInt8(type.count)] + type + [
                0x12, UInt8(message.count),
            ]
            + message
        do {
            _ = try await list(SecretResource.self, ListTransport(body: body, isProtobuf: true, length: 7))
            Issue.record("the list reads")
        } catch {
            let text = "\(error)"
            #expect(text.contains("the Secret s does not read"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("kinds that servers do not have built in are asked for in JSON")
    func customResources() {
        #expect(WorkloadResource<RolloutSource>.protobufMessage == nil)
        #expect(WorkloadResource<DeploymentConfigSource>.protobufMessage == nil)
        #expect(DeploymentResource.protobufMessage != nil)
    }
}
