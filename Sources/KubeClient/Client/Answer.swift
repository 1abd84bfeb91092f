import Synchronization

/// What is made of the body of a good answer, piece by piece as it arrives.
protocol ResponseBody: Sendable {
    associatedtype Output: Sendable
    /// Called once, before the first byte; false when the answer has an encoding that was not asked for.
    mutating func accepts(protobuf: Bool) -> Bool
    mutating func receive(_ bytes: RawSpan) throws(KubeError)
    mutating func finish() throws(KubeError) -> Output
}

extension ResponseBody {
    /// JSON only.
    func accepts(protobuf: Bool) -> Bool { !protobuf }

    /// JSON, and protobuf if it was offered; a server that prefers JSON then is remembered.
    func accepts(protobuf: Bool, _ offer: ProtobufOffer?) -> Bool {
        if !protobuf { offer?.declined() }
        return !protobuf || offer != nil
    }
}

/// One answer: a good one goes to its ``ResponseBody`` as it arrives, any other becomes a ``Status``.
final class Answer<Body: ResponseBody>: ResponseReceiver {
    private struct State {
        var head: HTTPResponseHead?
        var body: Body
        /// Whether a byte of the body was seen that is no blank.
        var hasBegun = false
        var refusal: [UInt8] = []
        var size = 0
    }

    // Enough for any Status with its causes; a proxy's page is cut, not collected.
    private static var refusalLimit: Int { 64 << 10 }

    private let what: RequestDescription
    private let state: Mutex<State>

    init(_ what: RequestDescription, body: Body) {
        self.what = what
        state = Mutex(State(body: body))
    }

    var head: HTTPResponseHead? { state.withLock { $0.head } }
    /// Bytes of the body so far.
    var size: Int { state.withLock { $0.size } }

    func receive(_ head: HTTPResponseHead) throws(KubeError) {
        state.withLock { $0.head = head }
        guard (200..<300).contains(head.status) else { return }
        let type = head[header: "Content-Type"] ?? "application/json"
        let isProtobuf = type.hasPrefix(ProtobufEnvelope.mediaType)
        // A page is told by its title, which comes with the body.
        guard
            head.isPage
                || (isProtobuf || type.hasPrefix("application/json"))
                    && state.withLock({ $0.body.accepts(protobuf: isProtobuf) })
        else {
            throw KubeError(
                .decoding,
                "\(what): the answer is \(type), not JSON; is there a proxy between here and the API server?")
        }
    }

    func receive(_ bytes: RawSpan) throws(KubeError) {
        try state.withLock { state throws(KubeError) in
            state.size += bytes.byteCount
            if let head = state.head, (200..<300).contains(head.status) {
                if !state.hasBegun, let first = bytes.firstVisibleByte {
                    state.hasBegun = true
                    // A login page may come as whatever a proxy likes to call it; no JSON begins like this.
                    if head.isPage || first == UInt8(ascii: "<") { throw page(AnswerText(bytes).message) }
                }
                do throws(KubeError) {
                    try state.body.receive(bytes)
                } catch {
                    throw error.code == .decoding ? error.describing(what) : error
                }
            } else {
                let room = Self.refusalLimit - state.refusal.count
                state.refusal.appendCopy(of: bytes.extracting(first: max(0, room)))
            }
        }
    }

    /// Called once, after the last byte.
    func finish() throws(KubeError) -> Body.Output {
        try state.withLock { state throws(KubeError) in
            guard let head = state.head else {
                throw KubeError(.transport, "\(what): the connection closed without an answer")
            }
            guard (200..<300).contains(head.status) else {
                let status = unsafe decodeStatus(
                    httpStatus: head.status, contentType: head[header: "Content-Type"], body: state.refusal.span.bytes,
                    retryAfter: head[header: "Retry-After"])
                let reason = status.reason.isEmpty ? "" : " \(status.reason)"
                throw KubeError(.status, "\(what): \(status.message) (\(head.status)\(reason))", status: status)
            }
            if head.isPage { throw page("an empty HTML page") }
            do throws(KubeError) {
                return try state.body.finish()
            } catch {
                throw error.code == .decoding ? error.describing(what) : error
            }
        }
    }

    private func page(_ page: String) -> KubeError {
        KubeError(.decoding, "\(what): the answer is \(page), not JSON; is a proxy or its login in the way?")
    }
}

extension HTTPResponseHead {
    fileprivate var isPage: Bool { self[header: "Content-Type"]?.lowercased().holds("html") == true }
}

extension RawSpan {
    fileprivate var firstVisibleByte: UInt8? {
        // Safe: the pointer does not leave the closure.
        unsafe withUnsafeBytes { unsafe $0.first { !$0.isJSONWhitespace } }
    }
}
