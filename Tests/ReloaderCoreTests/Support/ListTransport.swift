import KubeClient

/// Answers every request with one body, in pieces of one length.
struct ListTransport: Transport {
    var host: String { "in-process" }

    var body: [UInt8]
    var isProtobuf: Bool
    var length: Int

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        let type = isProtobuf ? "application/vnd.kubernetes.protobuf" : "application/json"
        try receiver.receive(HTTPResponseHead(status: 200, headers: [("Content-Type", type)]))
        for start in stride(from: 0, to: body.count, by: length) {
            let piece = Array(body[start..<min(start + length, body.count)])
            try unsafe receiver.receive(piece.span.bytes)
        }
    }
}
