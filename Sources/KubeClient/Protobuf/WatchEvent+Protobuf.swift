/// Decodes one frame of a protobuf watch: a `WatchEvent` whose object has its envelope.
///
/// An `ERROR` is thrown as ``KubeError/Code/status`` with the server's ``Status``. Source: `meta/v1 WatchEvent`,
/// `runtime.RawExtension`.
func decodeProtobufWatchEvent<Object: KubeObject>(
    _ frame: RawSpan, as type: Object.Type, _ shape: ProtobufShape
) throws(KubeError) -> WatchEvent<Object> {
    var envelope = WatchEnvelope<Object>()
    var failure: KubeError?
    do throws(JSONError) {
        try JSONReader.read(frame, as: .watchEvent) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                if name == "type" {
                    envelope.type = WatchEnvelope<Object>.type(named: try reader.string())
                    return
                }
                try reader.forEachField { (_, reader) throws(JSONError) in
                    try reader.withBytes { (document) throws(JSONError) in
                        try ProtobufEnvelope.open(document) { (found, message) throws(JSONError) in
                            do throws(KubeError) {
                                try envelope.read(found, message, shape)
                            } catch {
                                failure = error
                            }
                        }
                    }
                }
            }
        }
    } catch {
        throw KubeError(.decoding, "the watch event does not read as \(type): \(error)", underlying: error)
    }
    if let failure { throw failure }
    return try envelope.event()
}

extension WatchEnvelope {
    fileprivate mutating func read(
        _ envelope: ProtobufEnvelope, _ message: RawSpan, _ shape: ProtobufShape
    ) throws(KubeError) {
        do throws(JSONError) {
            switch type {
            case .added, .modified, .deleted:
                try shape.check(envelope)
            case .bookmark, .error:
                let table = type == .error ? ProtobufMessage.status : .metadataOnly
                return try JSONReader.read(message, as: table) { (reader) throws(JSONError) in
                    try readContent(from: &reader)
                }
            case .unknown, nil: return
            }
        } catch {
            throw shape.failure(error, reading: Object.self)
        }
        content = .object(try shape.decode(Object.self, from: message))
    }
}

extension ProtobufMessage {
    fileprivate static let watchEvent = ProtobufMessage(
        .init(1, "type", .string),
        .init(2, "object", .message(ProtobufMessage(.init(1, "raw", .bytes)))))
}
