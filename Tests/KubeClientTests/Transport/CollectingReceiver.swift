import Synchronization

@testable import KubeClient

/// Keeps what it is given; may refuse the head or a piece.
final class CollectingReceiver: ResponseReceiver {
    struct Contents {
        var heads: [HTTPResponseHead] = []
        var pieces: [[UInt8]] = []
    }

    private let contents = Mutex(Contents())
    private let headError: KubeError?
    private let bodyError: KubeError?
    /// Opens with the first head.
    let hasHead = Latch()
    /// Opens with the first piece.
    let hasBody = Latch()

    init(headError: KubeError? = nil, bodyError: KubeError? = nil) {
        self.headError = headError
        self.bodyError = bodyError
    }

    var heads: [HTTPResponseHead] { contents.withLock { $0.heads } }
    var status: Int? { heads.first?.status }
    var body: String { String(decoding: contents.withLock { $0.pieces.flatMap(\.self) }, as: UTF8.self) }
    var pieceCount: Int { contents.withLock { $0.pieces.count } }

    func receive(_ head: HTTPResponseHead) throws(KubeError) {
        contents.withLock { $0.heads.append(head) }
        hasHead.open()
        if let headError { throw headError }
    }

    func receive(_ bytes: RawSpan) throws(KubeError) {
        let piece = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        contents.withLock { $0.pieces.append(piece) }
        hasBody.open()
        if let bodyError { throw bodyError }
    }
}
