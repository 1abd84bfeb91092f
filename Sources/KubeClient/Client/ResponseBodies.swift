/// The body of an answer that is one object: collected, then decoded.
struct ObjectBody<Object: KubeDecodable>: ResponseBody {
    private var bytes: [UInt8] = []
    private var framer = SizeLimit()
    private let offer: ProtobufOffer?
    private var isProtobuf = false

    init(_ offer: ProtobufOffer? = nil) { self.offer = offer }

    mutating func accepts(protobuf: Bool) -> Bool {
        isProtobuf = protobuf
        return accepts(protobuf: protobuf, offer)
    }

    mutating func receive(_ piece: RawSpan) throws(KubeError) {
        try framer.admit(piece.byteCount)
        bytes.appendCopy(of: piece)
    }

    mutating func finish() throws(KubeError) -> Object {
        defer { bytes = [] }
        if isProtobuf, let offer {
            do throws(KubeError) {
                return try unsafe offer.shape.decode(Object.self, fromDocument: bytes.span.bytes)
            } catch {
                throw offer.failed(error)
            }
        }
        try refuseTable(bytes.starts(with: #"{"kind":"Table""#.utf8))
        return try unsafe decode(Object.self, from: bytes.span.bytes)
    }
}

/// A bound on what one answer may occupy.
struct SizeLimit: Sendable {
    var limit = 8 << 20
    private var used = 0

    mutating func admit(_ count: Int) throws(KubeError) {
        used += count
        guard used <= limit else {
            throw KubeError(.decoding, "the object is larger than \(limit >> 20) MiB, the most that is accepted")
        }
    }
}

/// The body of a list: each item is decoded and lent as soon as its last byte is there.
struct ListBody<Object: KubeObject>: ResponseBody {
    private var framer = ListFramer()
    /// Cuts the items instead when the answer is in protobuf.
    private var protobufFramer: ProtobufListFramer?
    private let offer: ProtobufOffer?
    private let body: @Sendable (Object) -> Void

    init(_ offer: ProtobufOffer? = nil, _ body: @escaping @Sendable (Object) -> Void) {
        self.offer = offer
        self.body = body
    }

    mutating func accepts(protobuf: Bool) -> Bool {
        if protobuf, let offer { protobufFramer = ProtobufListFramer(of: offer.shape.kind) }
        return accepts(protobuf: protobuf, offer)
    }

    mutating func receive(_ piece: RawSpan) throws(KubeError) {
        guard protobufFramer != nil, let offer else {
            return try framer.receive(piece) { item throws(KubeError) in body(try decode(Object.self, from: item)) }
        }
        do throws(KubeError) {
            try protobufFramer?.receive(piece) { item throws(KubeError) in
                body(try offer.shape.decode(Object.self, from: item))
            }
        } catch {
            throw offer.failed(error)
        }
    }

    mutating func finish() throws(KubeError) -> ListMetadata {
        if let metadata = try protobufFramer?.finish() { return metadata }
        return try framer.finish()
    }
}

/// The body of a watch: each frame is decoded and lent, with its size, as soon as its line is complete.
struct WatchBody<Object: KubeObject>: ResponseBody {
    private var framer = WatchFramer()
    /// Cuts the frames instead when the answer is in protobuf.
    private var protobufFramer: ProtobufWatchFramer?
    private let offer: ProtobufOffer?
    private let body: @Sendable (WatchEvent<Object>, Int) throws(KubeError) -> Void

    init(
        _ offer: ProtobufOffer? = nil, _ body: @escaping @Sendable (WatchEvent<Object>, Int) throws(KubeError) -> Void
    ) {
        self.offer = offer
        self.body = body
    }

    mutating func accepts(protobuf: Bool) -> Bool {
        if protobuf { protobufFramer = ProtobufWatchFramer() }
        return accepts(protobuf: protobuf, offer)
    }

    mutating func receive(_ piece: RawSpan) throws(KubeError) {
        guard protobufFramer != nil, let offer else {
            return try framer.receive(piece) { frame throws(KubeError) in
                try body(try decodeWatchEvent(frame, as: Object.self), frame.byteCount)
            }
        }
        do throws(KubeError) {
            try protobufFramer?.receive(piece) { frame throws(KubeError) in
                let event = try decodeProtobufWatchEvent(frame, as: Object.self, offer.shape)
                try body(event, frame.byteCount)
            }
        } catch {
            throw offer.failed(error)
        }
    }

    mutating func finish() throws(KubeError) {
        if protobufFramer != nil { try protobufFramer?.finish() } else { try framer.finish() }
    }
}

/// A body that nobody needs.
struct IgnoredBody: ResponseBody {
    func receive(_ piece: RawSpan) throws(KubeError) {}
    func finish() throws(KubeError) {}
}

/// Decodes one document; the error names the type, never the text.
func decode<Object: KubeDecodable>(_ type: Object.Type, from bytes: RawSpan) throws(KubeError) -> Object {
    do throws(JSONError) {
        return try JSONReader.read(bytes) { reader throws(JSONError) in try Object(from: &reader) }
    } catch {
        throw KubeError(.decoding, "the answer does not read as \(type): \(error)", underlying: error)
    }
}

/// A Table has rows for people to read and no object: what reads as one would be empty.
func refuseTable(_ isTable: Bool) throws(KubeError) {
    guard !isTable else {
        throw KubeError(.decoding, "the answer is a Table, which is made for people; something on the way asked for it")
    }
}

extension [UInt8] {
    /// Appends a copy of borrowed bytes.
    mutating func appendCopy(of bytes: RawSpan) {
        // Safe: the pointer does not leave the closure.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
