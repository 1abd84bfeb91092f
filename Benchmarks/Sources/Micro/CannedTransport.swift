import BenchSupport
import KubeClient

/// Answers lists from the corpus, 16 KiB at a time as libcurl does, and lets watches hang, or end when all of their bytes are sent.
struct CannedTransport: Transport {
    var host: String { "in-process" }

    static let pieceSize = 16 << 10

    var kind: Corpus.Kind
    var count: Int
    /// The whole list, when it is to be kept in memory; else it is made as it is sent.
    var document: [UInt8]?
    /// What a watch tells.
    var watch: [UInt8]?
    /// Whether the list is protobuf.
    var isProtobuf = false

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        let type = isProtobuf ? "application/vnd.kubernetes.protobuf" : "application/json"
        try receiver.receive(HTTPResponseHead(status: 200, headers: [("Content-Type", type)]))
        if request.query.contains(where: { $0.name == "watch" }) {
            if let watch { return try send(watch, to: receiver) }
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw KubeError(.cancelled, "cancelled") }
            return
        }
        if let document { return try send(document, to: receiver) }
        try send(Corpus.head(kind), to: receiver)
        for index in 0..<count {
            if index > 0 { try send([UInt8(ascii: ",")], to: receiver) }
            try send(Corpus.object(kind, index), to: receiver)
        }
        try send(Corpus.tail, to: receiver)
    }

    private func send(_ bytes: [UInt8], to receiver: any ResponseReceiver) throws(KubeError) {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + Self.pieceSize, bytes.count)
            try receiver.receive(bytes.span.bytes.extracting(offset..<end))
            offset = end
        }
    }
}
