import KubeClient
import Testing

@testable import ControllerTestKit

@Suite struct ProtobufTests {
    /// An answer in protobuf with the JSON that the same request got.
    private struct Pair: CustomStringConvertible {
        var description: String
        var json: JSONValue
        var protobuf: [UInt8]
    }

    private static func pairs(_ transcript: String) throws -> [Pair] {
        let document = try GoJSONParser.parse(try Fixtures.read("\(Fixtures.root ?? "")/\(transcript).json")).value
        var pairs: [Pair] = []
        var answers: [String: JSONValue] = [:]
        for step in document["steps"]?.array ?? [] {
            let (path, id) = (step["request", "path"]?.string ?? "", step["id"]?.int ?? 0)
            let accept = step["request", "headers", "Accept"]?.array?.first?.string ?? ""
            let shape = "\(path) \(accept.split(separator: ";").dropFirst().joined())"
            if let text = step["response", "body"]?.string, accept.hasPrefix("application/json") {
                answers[shape] = try? GoJSONParser.parse(Array(text.utf8)).value
            }
            guard let body = step["response", "bodyBase64"]?.string.flatMap({ Base64.decode($0) }),
                let json = answers[shape], step["response", "status"]?.int == 200
            else { continue }
            pairs.append(Pair(description: "\(transcript) step \(id)", json: json, protobuf: body))
        }
        return pairs
    }

    @Test(
        "objects and lists are sent byte for byte as a real server sends them",
        .enabled(if: Fixtures.areAvailable, Fixtures.reason),
        arguments: [
            ("content/protobuf-get-list", 3), ("content/secret-forms", 4), ("content/workload-forms", 6),
            ("content/partial-object-metadata", 2),
        ])
    func recordings(_ transcript: String, _ expectedCount: Int) throws {
        var count = 0
        for pair in try Self.pairs(transcript) {
            let kind = pair.json["kind"]?.string ?? ""
            let isList = kind.hasSuffix("List")
            let type = isList ? String(kind.dropLast(4)) : kind
            guard TypeSchema.builtIn.hasProtobuf(type) else { continue }
            let bytes =
                isList
                ? try TypeSchema.builtIn.protobufList(
                    pair.json["items"]?.array ?? [], as: type, apiVersion: pair.json["apiVersion"]?.string ?? "",
                    kind: kind, metadata: pair.json["metadata"] ?? .null)
                : try TypeSchema.builtIn.protobuf(pair.json, as: type)
            #expect(bytes == pair.protobuf, "\(pair)")
            count += 1
        }
        #expect(count >= expectedCount)
    }

    @Test(
        "refusals are sent byte for byte as a real server sends them",
        .enabled(if: Fixtures.areAvailable, Fixtures.reason))
    func refusal() throws {
        let document = try GoJSONParser.parse(
            try Fixtures.read("\(Fixtures.root ?? "")/content/protobuf-get-list.json")
        ).value
        let step = try #require(document["steps"]?.array?.first { $0["response", "status"]?.int == 404 })
        let server = TestAPIServer()
        let exchange = server.begin(
            ServerRequest(
                method: "GET", target: step["request", "path"]?.string ?? "", headers: [("Accept", protobufMediaType)]))
        let answer = try #require(exchange.immediate)
        #expect(answer.status == 404)
        #expect(answer.contentType == protobufMediaType)
        #expect(answer.body == Base64.decode(step["response", "bodyBase64"]?.string ?? ""))
    }

    @Test(
        "frames of a watch are sent byte for byte as a real server sends them",
        .enabled(if: Fixtures.areAvailable, Fixtures.reason),
        arguments: ["watch/protobuf", "watch/protobuf-watch-list"])
    func frames(_ transcript: String) throws {
        let document = try GoJSONParser.parse(try Fixtures.read("\(Fixtures.root ?? "")/\(transcript).json")).value
        var count = 0
        for step in document["steps"]?.array ?? [] {
            for frame in step["response", "frames"]?.array ?? [] {
                let recorded = try #require(Base64.decode(frame["base64"]?.string ?? ""))
                // Type and object, read back by the other half of the tables.
                var event = ProtobufReader(recorded[4...])
                guard case .bytes(let type)? = event.next()?.value, case .bytes(let holder)? = event.next()?.value
                else { throw Fixtures.Missing(path: transcript) }
                var raw = ProtobufReader(holder)
                guard case .bytes(let content)? = raw.next()?.value else { throw Fixtures.Missing(path: transcript) }
                let rewritten: [UInt8]
                switch String(decoding: type, as: UTF8.self) {
                case "ADDED": rewritten = TypeSchema.protobufFrame("ADDED", Array(content))
                case "MODIFIED": rewritten = TypeSchema.protobufFrame("MODIFIED", Array(content))
                case "DELETED": rewritten = TypeSchema.protobufFrame("DELETED", Array(content))
                default:
                    // A bookmark says little enough to be made from scratch.
                    let version = try #require(
                        TypeSchema.builtIn.object(fromProtobuf: Array(content))?["metadata", "resourceVersion"]?.string)
                    var form = AnswerForm.plain
                    form.isProtobuf = true
                    rewritten = form.bookmark(
                        version: try #require(UInt64(version)),
                        endsInitialEvents: transcript == "watch/protobuf-watch-list",
                        kind: try #require(KindRegistry.builtIn.kind(of: .configMaps)), now: APITime(seconds: 0),
                        isFirst: false)
                }
                #expect(rewritten == recorded)
                count += 1
            }
        }
        #expect(count >= 2)
    }

    @Test("what the Accept header lists first and the kind has decides")
    func negotiation() throws {
        let server = TestAPIServer(resources: [Self.widgets])
        try server.configMap("a", ["k": "1"])
        let partial = "as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        for (path, accept, expected) in [
            (configMapsPath, "application/vnd.kubernetes.protobuf,application/json", protobufMediaType),
            (configMapsPath, "application/json,application/vnd.kubernetes.protobuf", "application/json"),
            (configMapsPath, "application/vnd.kubernetes.protobuf;q=0.5, application/json", "application/json"),
            (configMapsPath, "application/vnd.kubernetes.protobuf;\(partial)", protobufMediaType),
            ("/apis/example.com/v1/widgets", "application/vnd.kubernetes.protobuf, */*", "application/json"),
            ("/apis/example.com/v1/widgets", "application/vnd.kubernetes.protobuf;\(partial)", protobufMediaType),
        ] {
            let request = ServerRequest(method: "GET", target: path, headers: [("Accept", accept)])
            let answer = try #require(server.begin(request).immediate)
            #expect(answer.status == 200, "\(path) \(accept)")
            #expect(answer.contentType == expected, "\(path) \(accept)")
        }
        let only = ServerRequest(
            method: "GET", target: "/apis/example.com/v1/widgets", headers: [("Accept", protobufMediaType)])
        #expect(server.begin(only).immediate?.status == 406)
    }

    private static let widgets = APIResource(group: "example.com", version: "v1", plural: "widgets", kind: "Widget")

    @Test("a server that was told so answers in JSON whatever the client prefers")
    func withoutProtobuf() throws {
        let server = TestAPIServer(answersProtobuf: false)
        let request = ServerRequest(
            method: "GET", target: configMapsPath, headers: [("Accept", "\(protobufMediaType),application/json")])
        #expect(server.begin(request).immediate?.contentType == "application/json")
    }

    @Test("a field without a number makes a refusal, never an object without the field")
    func missingNumber() throws {
        let server = TestAPIServer()
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},\
                "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},\
                "spec":{"containers":[{"name":"c","image":"i"}],"affinity":{"nodeAffinity":{}}}}}}
                """)
        let request = ServerRequest(
            method: "GET", target: "/apis/apps/v1/namespaces/default/deployments/web",
            headers: [("Accept", protobufMediaType)])
        let answer = try #require(server.begin(request).immediate)
        #expect(answer.status == 500)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("PodSpec.affinity"))
    }

    @Test("what is written in protobuf reads back as the object that it was", arguments: [1, 2, 3])
    func roundTrip(_ index: Int) throws {
        let texts = [
            #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{"x":"y"}},"immutable":false,"#
                + #""data":{"a":"","b":"1"},"binaryData":{"c":"AAH/"}}"#,
            #"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"},"data":{"b":""},"type":"Opaque"}"#,
            #"{"kind":"CronJob","apiVersion":"batch/v1","metadata":{"name":"a"},"spec":{"schedule":"* * * * *","#
                + #""suspend":false,"jobTemplate":{"spec":{"template":{"spec":{"volumes":[{"name":"v","configMap":"#
                + #"{"name":"c","defaultMode":420}}],"containers":[{"name":"c","resources":{"limits":{"cpu":"1"}},"#
                + #""livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":10}}]}}}}}}"#,
        ]
        let value = try GoJSONParser.parse(Array(texts[index - 1].utf8)).value
        let type = value["kind"]?.string ?? ""
        let bytes = try TypeSchema.builtIn.protobuf(value, as: type)
        let read = try #require(TypeSchema.builtIn.object(fromProtobuf: bytes))
        let (before, after) = try (
            TypeSchema.builtIn.decode(value, as: type).value, TypeSchema.builtIn.decode(read, as: type).value
        )
        #expect(goJSON(before) == goJSON(after))
    }
}
