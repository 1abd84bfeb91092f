public import Foundation
public import KubeClient

/// An object as one of your own `Codable` models.
///
/// For those who have models; a projection (`KubeObject` of KubeClient) reads ten times faster and keeps less. What does not decode
/// is kept as the error, so that one odd object does not stop a whole list.
public struct CodableObject<Model: Codable & Sendable>: KubeObject {
    /// Namespace and name, the uid and the version.
    public let identity: ObjectIdentity
    /// The model, or why the object does not decode as one.
    public let content: Result<Model, any Error>

    /// Namespace and name.
    public var id: ObjectKey { identity.key }
    /// The server's identity of this incarnation of the object.
    public var uid: String { identity.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { identity.resourceVersion }

    /// The model; throws a `DecodingError` when the object is not one.
    public var model: Model { get throws { try content.get() } }

    /// Decodes the object that the reader is at.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let document = try reader.withRawValue { (bytes) throws(JSONError) in
            unsafe bytes.withUnsafeBytes { unsafe Data($0) }
        }
        let identity = try JSONReader.read(document.bytes) { (reader) throws(JSONError) in
            var identity = ObjectIdentity()
            guard try reader.peek() == .object else { return identity }
            try reader.forEachField { (name, reader) throws(JSONError) in
                if name == "metadata" { identity = try ObjectIdentity(metadata: &reader) }
            }
            return identity
        }
        self.identity = identity
        content = Result { try JSONDecoder.kubernetes.decode(Model.self, from: document) }
    }
}

extension ResourceClient {
    /// Creates an object from a model; `scope` says where for namespaced resources.
    @discardableResult
    public func create<Model>(
        _ model: Model, in scope: Scope = .all, _ options: WriteOptions = .init()
    ) async throws -> CodableObject<Model> where Object == CodableObject<Model> {
        try await create(encoded(model), in: scope, options)
    }

    /// Replaces an object by a model, which must carry the `resourceVersion` that it was read with, or the change of somebody
    /// else is overwritten.
    @discardableResult
    public func replace<Model>(
        _ key: ObjectKey, with model: Model, subresource: Subresource? = nil, _ options: WriteOptions = .init()
    ) async throws -> CodableObject<Model> where Object == CodableObject<Model> {
        try await replace(key, with: encoded(model), subresource: subresource, options)
    }

    /// Applies what a model says of an object (server-side apply); what is nil in it is left to others.
    @discardableResult
    public func apply<Model>(
        _ key: ObjectKey, _ model: Model, manager: String, force: Bool = false
    ) async throws -> CodableObject<Model> where Object == CodableObject<Model> {
        try await apply(key, encoded(model), manager: manager, force: force)
    }
}

extension JSONDecoder {
    /// Reads dates as Kubernetes writes them: RFC 3339 with a fraction or without.
    public static var kubernetes: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let time = Timestamp(rfc3339: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time in RFC 3339")
            }
            return Date(timeIntervalSince1970: Double(time.seconds) + Double(time.nanoseconds) / 1e9)
        }
        return decoder
    }
}

extension JSONEncoder {
    /// Writes dates as `metav1.Time`: RFC 3339 in UTC with whole seconds.
    public static var kubernetes: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }
}

private func encoded(_ model: some Encodable) throws -> [UInt8] { Array(try JSONEncoder.kubernetes.encode(model)) }
