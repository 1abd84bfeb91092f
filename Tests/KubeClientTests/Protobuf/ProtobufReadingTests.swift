import KubeClient
import Testing

@Suite("JSONReader over protobuf") struct ProtobufReadingTests {
    private static let inner = ProtobufMessage(.init(1, "name", .string))
    private static let message = ProtobufMessage(
        .init(1, "text", .string),
        .init(2, "number", .int),
        .init(3, "flag", .bool),
        .init(4, "data", .bytes),
        .init(5, "when", .time),
        .init(6, "labels", .map(.string)),
        .init(7, "payload", .map(.bytes)),
        .init(8, "names", .list(.string)),
        .init(9, "numbers", .list(.int)),
        .init(10, "inner", .message(inner)),
        .init(11, "inners", .list(.message(inner))),
        .init(12, "maybe", .pointer(.int)),
        .init(13, "embedded", .inlined(ProtobufMessage(.init(1, "deep", .string), .init(2, "deeper", .int)))))

    @Test("every type reads as the JSON that a server would have sent")
    func everyType() throws {
        let bytes =
            Wire.text(1, "é😀") + Wire.int(2, 300) + Wire.int(3, 1) + Wire.bytes(4, [0, 1, 255])
            + Wire.bytes(5, Wire.int(1, 1_795_342_160) + Wire.int(2, 0))
            + Wire.entry(6, "a", Array("1".utf8)) + Wire.entry(6, "b", []) + Wire.entry(7, "k", [255])
            + Wire.text(8, "x") + Wire.text(8, "") + Wire.int(9, 1) + Wire.int(9, 0)
            + Wire.bytes(10, Wire.text(1, "in")) + Wire.bytes(11, Wire.text(1, "one")) + Wire.bytes(11, [])
            + Wire.int(12, 0) + Wire.bytes(13, Wire.text(1, "deep") + Wire.int(2, 7)) + Wire.text(99, "unknown")
        #expect(
            try tree(bytes, as: Self.message).description
                == #"{"text":"é😀","number":300,"flag":true,"data":"AAH/","when":"2026-11-22T10:09:20Z","#
                + #""labels":{"a":"1","b":""},"payload":{"k":"/w=="},"names":["x",""],"numbers":[1,0],"#
                + #""inner":{"name":"in"},"inners":[{"name":"one"},{}],"maybe":0,"deep":"deep","deeper":7}"#)
    }

    @Test("what was never set is left out, as in JSON; pointers are there when they are zero")
    func zeroes() throws {
        let bytes =
            Wire.text(1, "") + Wire.int(2, 0) + Wire.int(3, 0) + Wire.bytes(4, []) + Wire.bytes(5, [])
            + Wire.bytes(10, []) + Wire.int(12, 0)
        #expect(try tree(bytes, as: Self.message).description == #"{"inner":{},"maybe":0}"#)
    }

    @Test("negative numbers take ten bytes")
    func negative() throws {
        #expect(
            try tree(Wire.int(2, UInt64(bitPattern: -5)), as: Self.message)["number"]?.int == -5)
    }

    @Test("values that are left alone are passed over, lists and maps whole")
    func skipping() throws {
        let bytes =
            Wire.text(8, "x") + Wire.text(8, "y") + Wire.entry(6, "a", [1]) + Wire.entry(6, "b", [2])
            + Wire.bytes(10, Wire.text(1, "in")) + Wire.text(1, "last")
        var seen: [String] = []
        try read(bytes, as: Self.message) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                seen.append(name.string)
                if name == "text" { #expect(try reader.string() == "last") }
            }
        }
        #expect(seen == ["names", "labels", "inner", "text"])
    }

    @Test("a read of another type fails in front of the value, so that it can be passed over")
    func mismatches() throws {
        let bytes = Wire.text(1, "abc") + Wire.int(2, 5) + Wire.text(8, "x") + Wire.bytes(10, [])
        var found: [String] = []
        try read(bytes, as: Self.message) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                switch name {
                case "text": #expect(try reader.intOrNil() == nil)
                case "number":
                    #expect(try reader.stringOrEmpty() == "")
                case "names":
                    #expect(try reader.boolOrFalse() == false)
                default:
                    #expect((try? reader.string()) == nil)
                    try reader.forEachElementIfArray { (_) throws(JSONError) in }
                }
                found.append(name.string)
            }
        }
        #expect(found == ["text", "number", "names", "inner"])
    }

    @Test("bytes read alike in both encodings")
    func bytesInBoth() throws {
        func data(_ reader: inout JSONReader) throws(JSONError) -> [UInt8] {
            var bytes: [UInt8] = []
            try reader.forEachField { (_, reader) throws(JSONError) in
                bytes = try reader.withBytes { (span) throws(JSONError) in copy(span) }
            }
            return bytes
        }
        let fromProtobuf = try read(Wire.bytes(4, [0, 1, 255]), as: Self.message) { (reader) throws(JSONError) in
            try data(&reader)
        }
        let fromJSON = try read(#"{"data":"AAH/"}"#) { (reader) throws(JSONError) in try data(&reader) }
        #expect(fromProtobuf == [0, 1, 255])
        #expect(fromJSON == [0, 1, 255])
        #expect(throws: JSONError.self) {
            try read(#"{"data":"A*"}"#) { (reader) throws(JSONError) in try data(&reader) }
        }
    }

    @Test(
        "what is malformed is an error that says where and what",
        arguments: [
            ([0x0A], "cut off"), ([0x0A, 5, 0x61], "goes past the end"), ([0x0A, 0x80], "cut off"),
            (Wire.varint(1 << 3 | 2) + [UInt8](repeating: 0x80, count: 10) + [1], "longer than 64 bits"),
            ([0x10] + [UInt8](repeating: 0xFF, count: 9) + [2], "longer than 64 bits"),
            (Wire.int(1, 5), "another wire type"), (Wire.text(2, "5"), "another wire type"),
            ([0x0B, 0x0C], "no such field number or wire type"), ([0x02, 0x00], "no such field number or wire type"),
            ([0x00, 0x00], "no such field number or wire type"), ([0x0F], "no such field number or wire type"),
            (Wire.bytes(1, [0xC3, 0x28]), "not valid UTF-8"), (Wire.entry(6, "a", [0xFF]), "not valid UTF-8"),
            (Wire.bytes(6, Wire.bytes(1, [0xFF]) + Wire.text(2, "x")), "not valid UTF-8"),
            (Wire.bytes(6, Wire.text(1, "k")), "no key or no value"),
            (Wire.bytes(6, Wire.text(2, "v")), "no key or no value"),
            (Wire.bytes(6, Wire.text(1, "k") + Wire.text(2, "v") + Wire.text(2, "w")), "no entry of a map"),
            (Wire.text(1, "a") + Wire.text(1, "b"), "text stands in two places"),
            (Wire.text(8, "a") + Wire.int(2, 1) + Wire.text(8, "b"), "names stands in two places"),
            (Wire.text(8, "a") + Wire.int(8, 1), "different wire types"),
            (Wire.bytes(10, Wire.text(1, "abc")).dropLast(), "goes past the end"),
            (Wire.bytes(10, [0x0A, 9, 0x61]), "goes past the end"), ([0x9D, 0x06, 1, 2], "cut off"),
            (Wire.bytes(5, Wire.int(1, 1 << 60)), "out of range"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ reason: String) throws {
        do throws(JSONError) {
            let found = try tree(Array(bytes), as: Self.message)
            Issue.record("read as \(found)")
        } catch {
            #expect(error.reason.contains(reason), "\(error)")
        }
    }

    @Test("no cut and no flipped bit makes the reader misbehave")
    func damage() throws {
        let whole =
            Wire.text(1, "text") + Wire.int(2, 300) + Wire.entry(6, "a", [0x31]) + Wire.entry(6, "b", [])
            + Wire.text(8, "x") + Wire.bytes(11, Wire.text(1, "one")) + Wire.bytes(13, Wire.text(1, "deep"))
        for count in 0..<whole.count { _ = try? tree(Array(whole[..<count]), as: Self.message) }
        for index in whole.indices {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << UInt8(bit)
                _ = try? tree(damaged, as: Self.message)
            }
        }
        var random = SeededGenerator()
        for _ in 0..<20_000 {
            let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? tree(noise, as: Self.message)
        }
    }

    @Test("metadata reads as from JSON")
    func metadata() throws {
        let owner =
            Wire.text(1, "ReplicaSet") + Wire.text(3, "web") + Wire.text(4, "u") + Wire.text(5, "apps/v1")
            + Wire.int(6, 1) + Wire.int(7, 0)
        let meta =
            Wire.metadata("web", version: "7") + Wire.bytes(8, Wire.int(1, 0) + Wire.int(2, 0))
            + Wire.entry(11, "l", [0x31]) + Wire.entry(12, "a", [0x32]) + Wire.bytes(13, owner) + Wire.text(14, "f")
        let object = try read(Wire.bytes(1, meta), as: .metadataOnly) { (reader) throws(JSONError) in
            try ObjectMetadata(from: &reader)
        }
        let expected = try decode(
            ObjectMetadata.self,
            #"{"metadata":{"name":"web","namespace":"shop","uid":"uid-web","resourceVersion":"7","#
                + #""creationTimestamp":"1970-01-01T00:00:00Z","labels":{"l":"1"},"annotations":{"a":"2"},"#
                + #""ownerReferences":[{"kind":"ReplicaSet","name":"web","uid":"u","apiVersion":"apps/v1","#
                + #""controller":true,"blockOwnerDeletion":false}],"finalizers":["f"]}}"#)
        #expect(object == expected)
    }
}
