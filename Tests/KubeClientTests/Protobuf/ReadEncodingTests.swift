import KubeClient
import Synchronization
import TestSupport
import Testing

@Suite struct ReadEncodingTests {
    private static let protobuf = "application/vnd.kubernetes.protobuf"
    private static let json = #"{"kind":"ConfigMap","metadata":{"name":"a","namespace":"shop","resourceVersion":"7"}}"#
    private let key = ObjectKey(namespace: "shop", name: "a")

    private func client(_ transport: ClosureTransport, _ encoding: ReadEncoding = .protobuf) -> KubeClient {
        KubeClient(
            transport: transport, logger: .silent, encoding: encoding)
    }

    private func accepts(_ transport: ClosureTransport) -> [String] {
        transport.requests.map { request in request.headers.first { $0.name == "Accept" }?.value ?? "" }
    }

    /// Answers with bytes, in pieces of seven.
    private func transport(_ body: [UInt8], type: String = protobuf, status: Int = 200) -> ClosureTransport {
        ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.receive(HTTPResponseHead(status: status, headers: [("Content-Type", type)]))
            for piece in pieces(body, of: 7) { try unsafe receiver.receive(piece.span.bytes) }
        }
    }

    @Test func `an object, a list and a watch are read in protobuf where the server sends it`() async throws {
        let object = Wire.document("ConfigMap", Wire.bytes(1, Wire.metadata("a", version: "7")))
        let get = transport(object)
        let read = try await client(get).resource(.configMaps, as: ObjectMetadata.self).get(key)
        #expect(read.id == key)
        #expect(read.resourceVersion.rawValue == "7")
        #expect(
            accepts(get)[0].hasPrefix("\(Self.protobuf);as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"))

        let items = ["a", "b"].flatMap { Wire.bytes(2, Wire.bytes(1, Wire.metadata($0))) }
        let list = transport(Wire.document("ConfigMapList", Wire.bytes(1, Wire.text(2, "9")) + items))
        let page = try await client(list).resource(.configMaps, as: ObjectMetadata.self).list()
        #expect(page.items.map(\.name) == ["a", "b"])
        #expect(page.metadata.resourceVersion.rawValue == "9")

        let mark = Wire.entry(12, "k8s.io/initial-events-end", Array("true".utf8))
        let stream =
            Wire.frame("ADDED", "ConfigMap", Wire.bytes(1, Wire.metadata("a")))
            + Wire.frame("MODIFIED", "PartialObjectMetadata", Wire.bytes(1, Wire.metadata("a", version: "2")))
            + Wire.frame("DELETED", "ConfigMap", Wire.bytes(1, Wire.metadata("a", version: "3")))
            + Wire.frame("BOOKMARK", "ConfigMap", Wire.bytes(1, Wire.text(6, "4") + mark))
        let events = Mutex<[String]>([])
        try await client(transport(stream, type: "\(Self.protobuf);stream=watch"))
            .resource(.configMaps, as: ObjectMetadata.self).watch { (event) throws(KubeError) in
                events.withLock { $0.append(Self.text(event)) }
            }
        #expect(events.withLock { $0 } == ["+1", "~2", "-3", "bookmark 4 true"])
    }

    private static func text(_ event: WatchEvent<ObjectMetadata>) -> String {
        switch event {
        case .added(let object): "+\(object.resourceVersion)"
        case .modified(let object): "~\(object.resourceVersion)"
        case .deleted(let object): "-\(object.resourceVersion)"
        case .bookmark(let version, let isEnd): "bookmark \(version) \(isEnd)"
        }
    }

    @Test func `types without a table, writes, and clients that were told so ask for JSON only`() async throws {
        let transport = transport(Array(Self.json.utf8), type: "application/json")
        let maps = client(transport, .json).resource(.configMaps, as: ObjectMetadata.self)
        _ = try await maps.get(key)
        _ = try await client(transport).resource(.configMaps, as: UnstructuredObject.self).get(key)
        _ = try await client(transport).resource(.configMaps, as: ObjectMetadata.self).patch(key, .merge([]))
        #expect(accepts(transport).allSatisfy { !$0.contains("protobuf") && $0.contains("application/json") })
    }

    @Test func `a server that answers in JSON is taken at its word, and not asked again for that resource`()
        async throws
    {
        let transport = transport(Array(Self.json.utf8), type: "application/json")
        let client = client(transport)
        let maps = client.resource(.configMaps, as: ObjectMetadata.self)
        #expect(try await maps.get(key).id == key)
        #expect(try await maps.get(key).id == key)
        _ = try await client.resource(.secrets, as: ObjectMetadata.self).get(key)
        #expect(accepts(transport).map { $0.contains("protobuf") } == [true, false, true])
    }

    @Test func `a refusal of the header is answered with JSON at once`() async throws {
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            let isFine = request.headers.allSatisfy { !$0.value.contains("protobuf") }
            try receiver.answer(
                isFine ? Self.json : #"{"kind":"Status","code":406,"reason":"NotAcceptable"}"#,
                status: isFine ? 200 : 406)
        }
        let maps = client(transport).resource(.configMaps, as: ObjectMetadata.self)
        #expect(try await maps.get(key).id == key)
        #expect(try await maps.get(key).id == key)
        #expect(accepts(transport).map { $0.contains("protobuf") } == [true, false, false])
    }

    @Test func `protobuf that does not read is an error that names the object, and JSON is asked for from then on`()
        async throws
    {
        let meta = Wire.metadata("a") + Wire.bytes(12, Wire.text(1, "key") + Wire.bytes(2, [0xFF]))
        let items = Wire.bytes(2, Wire.bytes(1, Wire.metadata("fine"))) + Wire.bytes(2, Wire.bytes(1, meta))
        let list = Wire.document("ConfigMapList", items)
        let one = Wire.document("ConfigMap", Wire.bytes(1, meta))
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            guard request.headers[0].value.contains("protobuf") else { return try receiver.answer(Self.json) }
            try receiver.receive(HTTPResponseHead(status: 200, headers: [("Content-Type", Self.protobuf)]))
            let body = request.path.hasSuffix("/a") ? one : list
            try unsafe receiver.receive(body.span.bytes)
        }
        let client = client(transport)
        let maps = client.resource(.configMaps, as: ObjectMetadata.self)
        do throws(KubeError) {
            _ = try await maps.list()
            Issue.record("the list reads")
        } catch {
            #expect(error.code == .decoding)
            #expect(
                error.message
                    == "list configmaps in all namespaces: the ConfigMap shop/a does not read as ObjectMetadata: "
                    + "the string is not valid UTF-8 at byte \(Wire.bytes(1, meta).count - 1); "
                    + "from now on JSON is asked for")
        }
        #expect(try await maps.get(key).id == key)
        // Reads of one object go on by themselves.
        #expect(try await client.resource(.secrets, as: ObjectMetadata.self).get(key).id == key)
        #expect(accepts(transport).map { $0.contains("protobuf") } == [true, false, true, false])
    }

    @Test("another kind, a frame of another kind, half an object and a page of a proxy are errors, never empty objects")
    func mistakes() async throws {
        let secret = Wire.document("Secret", Wire.bytes(1, Wire.metadata("a")))
        let map = Wire.document("ConfigMap", Wire.bytes(1, Wire.metadata("a")))
        for body in [secret, Array(map.dropLast(12)), Array("k8s".utf8), [], Array("<html>".utf8)] {
            let transport = ClosureTransport { (request, receiver) throws(KubeError) in
                let isProtobuf = request.headers[0].value.contains("protobuf")
                try receiver.receive(
                    HTTPResponseHead(
                        status: isProtobuf ? 200 : 500,
                        headers: [("Content-Type", isProtobuf ? Self.protobuf : "application/json")]))
                if isProtobuf { try unsafe receiver.receive(body.span.bytes) }
            }
            await #expect(throws: KubeError.self) {
                _ = try await client(transport).resource(.configMaps, as: ObjectMetadata.self).get(key)
            }
        }
        for stream in [
            Wire.frame("ADDED", "Secret", []), Wire.frame("BOOKMARK", "ConfigMap", []),
            Wire.frame("?", "ConfigMap", []),
            Wire.frame("ERROR", "Status", []), [0, 0, 0, 3, 1, 2, 3], [0, 0, 0, 3, 1],
        ] {
            await #expect(throws: KubeError.self) {
                try await client(transport(stream, type: "\(Self.protobuf);stream=watch"))
                    .resource(.configMaps, as: ObjectMetadata.self).watch { (_) throws(KubeError) in }
            }
        }
    }

    @Test func `protobuf that nobody asked for is refused`() async throws {
        let transport = transport(Wire.document("ConfigMap", []))
        await #expect(throws: KubeError.self) {
            _ = try await client(transport, .json).resource(.configMaps, as: ObjectMetadata.self).get(key)
        }
    }

    @Test func `refusals in protobuf are read, in answers and in watches`() async throws {
        let cause = Wire.text(1, "FieldValueRequired") + Wire.text(2, "must be set") + Wire.text(3, "spec.x")
        let details = Wire.text(1, "a") + Wire.bytes(4, cause) + Wire.int(5, 3)
        let status =
            Wire.bytes(1, []) + Wire.text(2, "Failure") + Wire.text(3, "gone for good") + Wire.text(4, "Expired")
            + Wire.bytes(5, details) + Wire.int(6, 410)
        let answer = transport(Wire.document("Status", status), status: 410)
        let watch = transport(Wire.frame("ERROR", "Status", status), type: "\(Self.protobuf);stream=watch")
        for transport in [answer, watch] {
            do throws(KubeError) {
                try await client(transport).resource(.configMaps, as: ObjectMetadata.self)
                    .watch { (_) throws(KubeError) in }
                Issue.record("no refusal")
            } catch {
                #expect(error.isExpired)
                #expect(error.status?.message == "gone for good")
                #expect(error.status?.retryAfterSeconds == 3)
                #expect(
                    error.status?.causes
                        == [.init(reason: "FieldValueRequired", message: "must be set", field: "spec.x")])
            }
        }
    }
}
