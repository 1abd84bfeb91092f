import KubeClient
import Testing

@Suite("ProtobufListFramer") struct ProtobufListFramerTests {
    private static let lengths = [1, 2, 3, 7, 63, 64, 65, 1000, 1 << 20]
    private static let listMeta = Wire.text(1, "") + Wire.text(2, "42") + Wire.text(3, "abc") + Wire.int(4, 7)

    private func frame(
        _ bytes: [UInt8], by length: Int, kind: String? = "ConfigMap", limit: Int = 8 << 20
    ) throws(KubeError) -> (items: [[UInt8]], metadata: ListMetadata) {
        var framer = ProtobufListFramer(of: kind, limit: limit)
        var items: [[UInt8]] = []
        for piece in pieces(bytes, of: length) {
            try unsafe framer.receive(piece.span.bytes) { items.append(copy($0)) }
        }
        return (items, try framer.finish())
    }

    private static func list(_ items: [[UInt8]], kind: String = "ConfigMapList") -> [UInt8] {
        Wire.document(kind, Wire.bytes(1, listMeta) + items.flatMap { Wire.bytes(2, $0) })
    }

    @Test("items and metadata, whatever the pieces", arguments: lengths)
    func typical(_ length: Int) throws {
        let items = [Array("one".utf8), [], [UInt8](repeating: 7, count: 300), [0]]
        let outcome = try frame(Self.list(items), by: length)
        #expect(outcome.items == items)
        #expect(
            outcome.metadata
                == ListMetadata(
                    resourceVersion: ResourceVersion(rawValue: "42"), continueToken: "abc", remainingItemCount: 7))
    }

    @Test("an empty list, an empty document of one, and fields that nobody knows", arguments: lengths)
    func odd(_ length: Int) throws {
        #expect(try frame(Self.list([]), by: length).items.isEmpty)
        #expect(try frame(Wire.document("ConfigMapList", []), by: length).items.isEmpty)
        let unknown = Wire.int(9, 1 << 40) + [0x51] + [UInt8](repeating: 1, count: 8) + [0x55, 1, 2, 3, 4]
        let document =
            Wire.document("ConfigMapList", unknown + Wire.bytes(2, [5]) + Wire.text(8, "x") + unknown) + unknown
        #expect(try frame(document, by: length).items == [[5]])
        #expect(try frame(Self.list([[1]], kind: "PartialObjectMetadataList"), by: length).items == [[1]])
    }

    @Test("items are lent as soon as they are there")
    func early() throws {
        let bytes = Self.list([[1, 2], [3, 4]])
        let end = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x12, 2, 3, 4]) })
        var framer = ProtobufListFramer()
        var items: [[UInt8]] = []
        let first = Array(bytes[..<end])
        try unsafe framer.receive(first.span.bytes) { items.append(copy($0)) }
        #expect(items == [[1, 2]])
    }

    @Test("every cut is noticed, except between the fields behind the list", arguments: lengths)
    func cuts(_ length: Int) throws {
        let bytes = Self.list([[1], [2, 3]])
        for count in 0..<bytes.count - 4 {
            #expect(throws: KubeError.self, "\(count)") { try frame(Array(bytes[..<count]), by: length) }
        }
    }

    @Test(
        "what is malformed is an error that says what",
        arguments: [
            (Array("{\"kind\":".utf8), "not Kubernetes protobuf"), (Array("<html>".utf8), "not Kubernetes protobuf"),
            (Wire.document("ConfigMap", []), "not a list"), (Wire.document("SecretList", []), "expected a list of"),
            ([0x6B, 0x38, 0x73, 0] + Wire.bytes(2, [1]), "no type in front"),
            (list([]) + Wire.bytes(2, []), "no type in front"),
            (
                [0x6B, 0x38, 0x73, 0] + Wire.bytes(1, Wire.text(2, "ConfigMapList")) + Wire.text(3, "gzip"),
                "unknown way"
            ),
            (Wire.document("ConfigMapList", [0x12, 5, 1]), "goes past the end"),
            (Wire.document("ConfigMapList", [0x12]), "goes past the end"),
            (Wire.document("ConfigMapList", Wire.int(2, 5)), "another wire type"),
            (Wire.document("ConfigMapList", [0x13]), "no such field number or wire type"),
            (Wire.document("ConfigMapList", Wire.bytes(1, []) + Wire.bytes(1, [])), "describes itself twice"),
            (Wire.document("ConfigMapList", [0x12] + [UInt8](repeating: 0xFF, count: 10)), "longer than 64 bits"),
            (Wire.document("ConfigMapList", [0x12] + Wire.varint(.max)), "does not fit"),
            (Wire.document("ConfigMapList", Wire.bytes(1, Wire.bytes(2, [0xFF]))), "does not read as one"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ reason: String) throws {
        for length in Self.lengths {
            do throws(KubeError) {
                let found = try frame(bytes, by: length)
                Issue.record("framed as \(found)")
            } catch {
                #expect(error.code == .decoding)
                #expect(error.message.contains(reason), "\(error)")
            }
        }
    }

    @Test("an item over the limit is refused before it is collected")
    func limit() throws {
        var framer = ProtobufListFramer(limit: 100)
        let header = Wire.bytes(1, Wire.text(2, "ConfigMapList")) + [0x12] + Wire.varint(1 << 30)
        let bytes = [0x6B, 0x38, 0x73, 0] + header + [0x12] + Wire.varint(101)
        #expect(throws: KubeError.self) { try unsafe framer.receive(bytes.span.bytes) { _ in } }
        #expect(try frame(Self.list([[UInt8](repeating: 1, count: 100)]), by: 9, limit: 100).items.count == 1)
    }
}

@Suite("ProtobufWatchFramer") struct ProtobufWatchFramerTests {
    private func frame(_ bytes: [UInt8], by length: Int, limit: Int = 8 << 20) throws(KubeError) -> [[UInt8]] {
        var framer = ProtobufWatchFramer(limit: limit)
        var frames: [[UInt8]] = []
        for piece in pieces(bytes, of: length) {
            try unsafe framer.receive(piece.span.bytes) { frames.append(copy($0)) }
        }
        try framer.finish()
        return frames
    }

    @Test("frames come out as they went in, whatever the pieces", arguments: [1, 2, 3, 4, 5, 7, 63, 64, 65, 1000])
    func typical(_ length: Int) throws {
        let frames = [[1], [UInt8](repeating: 2, count: 300), [3, 4, 5]] as [[UInt8]]
        var stream: [UInt8] = []
        for frame in frames { stream += [0, 0, UInt8(frame.count >> 8), UInt8(frame.count & 0xFF)] + frame }
        #expect(try frame(stream, by: length) == frames)
        #expect(try frame([], by: length) == [])
        for count in 1..<stream.count where ![5, 309].contains(count) {
            #expect(throws: KubeError.self, "\(count)") { try frame(Array(stream[..<count]), by: length) }
        }
    }

    @Test("an empty frame, one over the limit and a page of a proxy are errors")
    func malformed() throws {
        #expect(throws: KubeError.self) { try frame([0, 0, 0, 0, 1], by: 1) }
        #expect(throws: KubeError.self) { try frame([0, 0, 0, 101], by: 4, limit: 100) }
        #expect(throws: KubeError.self) { try frame(Array("<html><body>".utf8), by: 4) }
    }
}
