import BenchSupport
import KubeClient

/// An empty list, then a watch whose events come when they are asked for.
struct PacedTransport: Transport {
    var host: String { "in-process" }

    var events: AsyncStream<[UInt8]>

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        try receiver.receive(HTTPResponseHead(status: 200))
        guard request.query.contains(where: { $0.name == "watch" }) else {
            let bytes = Corpus.head(.metadata) + Corpus.tail
            return try receiver.receive(bytes.span.bytes)
        }
        for await event in events { try receiver.receive(event.span.bytes) }
        throw KubeError(.cancelled, "cancelled")
    }

    /// A change of the one object.
    static func event(version: Int) -> [UInt8] {
        let metadata = #""name":"a","namespace":"n","uid":"u","resourceVersion":"\#(version)","labels":{"a":"b"}"#
        let object = #"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{\#(metadata)}}"#
        return Array((#"{"type":"MODIFIED","object":\#(object)}"# + "\n").utf8)
    }
}
