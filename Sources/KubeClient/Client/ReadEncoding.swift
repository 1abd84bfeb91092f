import Logging
import Synchronization

/// In which encodings a client asks for objects that it reads; what it writes is always JSON.
public enum ReadEncoding: Sendable {
    /// JSON only.
    case json
    /// Protobuf for what has a table of field numbers (``KubeObject/protobufMessage``), and JSON for the rest.
    ///
    /// A quarter to a half fewer bytes, and less work, for both sides. The answer decides: a server that sends JSON all the same is
    /// taken at its word, and not asked again for that resource.
    case protobuf
}

/// Which resources are read in JSON, and why.
final class EncodingMemory: Sendable {
    enum Reason: Sendable {
        /// The server has no protobuf for it.
        case notServed
        /// The server's protobuf did not read.
        case notReadable
    }

    private let preferred: ReadEncoding
    private let onlyJSON = Mutex<[APIResource: Reason]>([:])

    init(_ preferred: ReadEncoding) { self.preferred = preferred }

    /// Whether to ask for protobuf.
    func prefersProtobuf(_ resource: APIResource) -> Bool { preferred == .protobuf && reason(resource) == nil }

    /// Why JSON is asked for; nil when it is not, or always was.
    func reason(_ resource: APIResource) -> Reason? { onlyJSON.withLock { $0[resource] } }

    /// Asks for JSON from now on.
    func giveUp(_ resource: APIResource, _ reason: Reason) { onlyJSON.withLock { $0[resource] = reason } }
}

/// A read that may be answered in protobuf.
struct ProtobufOffer: Sendable {
    var shape: ProtobufShape
    fileprivate let resource: APIResource
    fileprivate let memory: EncodingMemory

    /// The server has answered in JSON, or would not answer: asks for JSON from now on.
    func declined() { memory.giveUp(resource, .notServed) }

    /// Asks for JSON from now on if this error says that the server's protobuf does not read.
    func failed(_ error: KubeError) -> KubeError {
        guard error.code == .decoding else { return error }
        memory.giveUp(resource, .notReadable)
        var error = error
        error.message += "; from now on JSON is asked for"
        return error
    }
}

extension ResourceClient {
    /// What to offer for the next read; nil when it is to be answered in JSON.
    private var offer: ProtobufOffer? {
        guard let message = Object.protobufMessage, client.encodings.prefersProtobuf(resource) else { return nil }
        return ProtobufOffer(
            shape: ProtobufShape(message: message, kind: resource.kind), resource: resource, memory: client.encodings)
    }

    /// What to accept: `metadata` is the name of the shape that has metadata only, for a type that needs no more.
    private func accept(_ metadata: String, protobuf: Bool) -> (name: String, value: String) {
        let types = protobuf ? [ProtobufEnvelope.mediaType, "application/json"] : ["application/json"]
        let shaped = types.map { "\($0);as=\(metadata);g=meta.k8s.io;v=v1" }
        return ("Accept", (Object.needsMetadataOnly ? shaped + ["application/json"] : types).joined(separator: ","))
    }

    var accept: (name: String, value: String) { accept("PartialObjectMetadata", protobuf: false) }

    /// Performs a read in the encoding that suits, and once more in JSON when the server refuses the `Accept` header (406) or, if
    /// `repeats`, has sent protobuf that does not read.
    func read<Body: ResponseBody>(
        _ request: HTTPRequest, _ what: RequestDescription, shape: String = "PartialObjectMetadata", retrying: Bool,
        repeats: Bool = false, into body: (ProtobufOffer?) -> Body
    ) async throws(KubeError) -> Body.Output {
        var request = request
        let offer = offer
        request.headers = [accept(shape, protobuf: offer != nil)]
        do throws(KubeError) {
            return try await client.exchange(request, what, retrying: retrying, into: body(offer))
        } catch {
            let isRefused = error.status?.code == 406
            guard let offer, isRefused || (repeats && client.encodings.reason(resource) == .notReadable) else {
                throw error
            }
            if isRefused { offer.declined() }
            client.logger.debug("\(what): \(error.message); next try in JSON")
        }
        request.headers = [accept(shape, protobuf: false)]
        return try await client.exchange(request, what, retrying: retrying, into: body(nil))
    }
}
