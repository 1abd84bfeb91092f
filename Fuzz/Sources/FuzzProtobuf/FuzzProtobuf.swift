import FuzzSupport
import KubeClient

/// Protobuf that arrives in pieces is the same as when it arrives whole, and nothing that it holds leads astray.
///
/// The first four bytes of the input are the lengths of the pieces; what follows is the stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard bytes.count > 4 else { return -1 }
    let lengths = bytes.prefix(4).map { Int($0) }
    let stream = bytes.dropFirst(4)
    let (whole, parts, bytewise) = ([Array(stream)], pieces(stream, lengths: lengths), stream.map { [$0] })

    let items = list(whole)
    expect(items == list(parts) && items == list(bytewise), "the items of a list depend on the pieces")
    let frames = watch(whole)
    expect(frames == watch(parts) && frames == watch(bytewise), "the frames of a watch depend on the pieces")

    for message in items.tokens + frames.tokens + whole { check(message) }
    checkDocument(whole[0])
    return 0
}

private func list(_ parts: [[UInt8]]) -> Framing<ListMetadata> {
    // Small, so that the limit is met, too.
    var framer = ProtobufListFramer(limit: 512)
    return Framing(of: parts) {
        try framer.receive($0, $1)
    } finish: {
        try framer.finish()
    }
}

private func watch(_ parts: [[UInt8]]) -> Framing<Bool> {
    var framer = ProtobufWatchFramer(limit: 512)
    return Framing(of: parts) {
        try framer.receive($0, $1)
    } finish: {
        try framer.finish()
        return true
    }
}

private let table = ProtobufMessage(
    .init(1, "metadata", .message(.objectMeta)),
    .init(2, "data", .map(.string)),
    .init(3, "binaryData", .map(.bytes)),
    .init(4, "flags", .list(.bool)),
    .init(5, "numbers", .list(.int)),
    .init(6, "nested", .inlined(ProtobufMessage(.init(1, "maybe", .pointer(.int)), .init(2, "raw", .bytes)))))

/// A message that reads whole has valid text, reads as metadata, too, and may be passed over.
private func check(_ message: [UInt8]) {
    let tree = outcome { () throws(JSONError) in
        try JSONReader.read(message.span.bytes, as: table) { (reader) throws(JSONError) in
            try JSONValue(from: &reader)
        }
    }
    let metadata = outcome { () throws(JSONError) in
        try JSONReader.read(message.span.bytes, as: .metadataOnly) { (reader) throws(JSONError) in
            try ObjectMetadata(from: &reader)
        }
    }
    switch (tree, metadata) {
    case (.success(let tree), .success(let metadata)):
        let written = tree.bytes
        expect((try? JSONValue(parsing: written)) == tree, "what was read is not written as it was")
        expect(tree["metadata"]?["name"]?.string ?? "" == metadata.name, "the two shapes have different names")
        expect(tree["metadata"]?["labels"]?.object?.count ?? 0 >= metadata.labels.count, "labels out of nothing")
    case (.success, .failure(let error)): expect(false, "reads whole, but not in part: \(error)")
    case (.failure(let error), _): expect((0...message.count).contains(error.offset), "offset \(error.offset)")
    }
}

private func checkDocument(_ document: [UInt8]) {
    _ = outcome { () throws(JSONError) in
        try ProtobufEnvelope.open(document.span.bytes) { (envelope, message) throws(JSONError) in
            expect(message.byteCount < document.count, "a message larger than its document")
        }
    }
    let status = decodeStatus(
        httpStatus: 503, contentType: ProtobufEnvelope.mediaType, body: document.span.bytes, retryAfter: nil)
    expect(status.code >= 400, "a refusal with the code \(status.code)")
    expect(!status.message.isEmpty, "a refusal without a reason")
}
