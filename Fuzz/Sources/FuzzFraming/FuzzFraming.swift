import FuzzSupport
import KubeClient

/// A watch or a list that arrives in pieces is the same as one that arrives whole.
///
/// The first four bytes of the input are the lengths of the pieces; what follows is the stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard bytes.count > 4 else { return -1 }
    let lengths = bytes.prefix(4).map { Int($0) }
    let stream = bytes.dropFirst(4)
    let parts = pieces(stream, lengths: lengths)
    let (whole, bytewise) = ([Array(stream)], stream.map { [$0] })

    let frames = watch(whole)
    expect(frames == watch(parts), "the frames of a watch depend on the pieces")
    expect(frames == watch(bytewise), "the frames of a watch depend on the pieces")
    checkFrames(frames, Array(stream))

    let items = list(whole)
    expect(items == list(parts), "the items of a list depend on the pieces")
    expect(items == list(bytewise), "the items of a list depend on the pieces")
    checkItems(items, Array(stream))
    return 0
}

private func watch(_ parts: [[UInt8]]) -> Framing<Bool> {
    // Small, so that the limit is met, too.
    var framer = WatchFramer(limit: 512)
    return Framing(of: parts) {
        try framer.receive($0, $1)
    } finish: {
        try framer.finish()
        return true
    }
}

private func list(_ parts: [[UInt8]]) -> Framing<ListMetadata> {
    var framer = ListFramer(limit: 512)
    return Framing(of: parts) {
        try framer.receive($0, $1)
    } finish: {
        try framer.finish()
    }
}

private func checkFrames(_ framing: Framing<Bool>, _ stream: [UInt8]) {
    if framing.failure == nil {
        let lines = stream.split(separator: 0x0A).map(trimmed).filter { !$0.isEmpty }
        expect(lines == framing.tokens.map { trimmed($0[...]) }, "the frames are not the lines")
    }
    for frame in framing.tokens {
        // Whatever it holds, it is an event or an error that says so.
        let metadata = outcome { () throws(KubeError) in
            try decodeWatchEvent(frame.span.bytes, as: ObjectMetadata.self)
        }
        let whole = outcome { () throws(KubeError) in
            try decodeWatchEvent(frame.span.bytes, as: UnstructuredObject.self)
        }
        guard case .success(let event) = whole, case .success(let projection) = metadata else { continue }
        switch (event, projection) {
        case (.added(let lhs), .added(let rhs)), (.modified(let lhs), .modified(let rhs)),
            (.deleted(let lhs), .deleted(let rhs)):
            expect(lhs.id == rhs.id && lhs.uid == rhs.uid, "the two shapes of one object have different names")
            expect(lhs.resourceVersion == rhs.resourceVersion, "the two shapes of one object have different versions")
        case (.bookmark(let lhs, let lhsEnds), .bookmark(let rhs, let rhsEnds)):
            expect(lhs == rhs && lhsEnds == rhsEnds, "one bookmark, read twice, differs")
        default: expect(false, "one event is of two types")
        }
    }
}

/// What a framer makes of a well-formed document is what a tree has.
private func checkItems(_ framing: Framing<ListMetadata>, _ stream: [UInt8]) {
    guard framing.failure == nil, let tree = try? JSONValue(parsing: stream), let items = tree["items"]?.array else {
        return
    }
    let framed = framing.tokens.map { try? JSONValue(parsing: $0) }
    expect(framed == items.map { $0 }, "the items are not those of the document")
    expect(
        tree["metadata"]?["resourceVersion"]?.string ?? "" == framing.summary?.resourceVersion.rawValue,
        "the list has another version")
}

private func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
    return Array(line.drop(while: isBlank))
}
