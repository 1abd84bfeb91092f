/// The fields of a protobuf message that a projection reads: for each its number, its name in JSON, and its type.
///
/// With such a table ``JSONReader`` shows a message as the JSON object that the API server would have sent instead, so that
/// a projection is written once and reads both encodings. What is not in the table is passed over, whatever it is: a
/// table must list everything that its projection asks for.
///
/// ```swift
/// static var protobufMessage: ProtobufMessage? { message }
/// private static let message = ProtobufMessage(
///     .init(1, "metadata", .message(.objectMeta)),
///     .init(2, "data", .map(.string)))
/// ```
///
/// A table that another one refers to is kept for good; make tables once, as above.
///
/// Source: the `generated.proto` files beside the Go types of k8s.io/api and k8s.io/apimachinery; numbers never change.
public final class ProtobufMessage: Sendable {
    /// One field.
    public struct Field: Sendable {
        let number: Int
        let name: StaticString
        let type: FieldType

        /// Creates a field; `name` is what JSON calls it.
        ///
        /// `number` must be below 256; no built-in type comes near.
        public init(_ number: Int, _ name: StaticString, _ type: FieldType) {
            precondition((1..<256).contains(number))
            self.number = number
            self.name = name
            self.type = type
        }
    }

    /// What a field holds.
    @safe public struct FieldType: Sendable {
        enum Content: Hashable, Sendable { case string, bytes, int, bool, time, message }
        enum Shape: Hashable, Sendable { case single, pointer, list, map, inlined }

        let content: Content
        private(set) var shape: Shape
        // Never released: a table is made once and lives as long as the process, and what the reader holds of it while it
        // reads then counts no references, field by field.
        private let fields: Unmanaged<ProtobufMessage>?

        private init(_ content: Content, _ fields: ProtobufMessage? = nil) {
            self.content = content
            unsafe self.fields = fields.map { unsafe Unmanaged.passRetained($0) }
            shape = .single
        }

        private init(_ shape: Shape, of element: FieldType) {
            precondition(element.shape == .single)
            self = element
            self.shape = shape
        }

        /// The fields of a message; none for any other content.
        var message: ProtobufMessage { unsafe fields?.takeUnretainedValue() ?? ProtobufMessage.empty }

        /// The type of an element of a list or a map.
        var element: FieldType {
            var type = self
            type.shape = .single
            return type
        }

        /// A Go `string`.
        public static let string = FieldType(.string)
        /// A Go `[]byte`, which JSON writes in base64: ``JSONReader/ValueKind/bytes``.
        public static let bytes = FieldType(.bytes)
        /// A Go integer of any size.
        public static let int = FieldType(.int)
        /// A Go `bool`.
        public static let bool = FieldType(.bool)
        /// A `metav1.Time`, read as the string that JSON has.
        public static let time = FieldType(.time)

        /// A struct, by value or by pointer.
        public static func message(_ message: ProtobufMessage) -> FieldType { FieldType(.message, message) }

        /// A struct that is embedded: a message of its own here, whose fields JSON has among those around it.
        public static func inlined(_ message: ProtobufMessage) -> FieldType {
            FieldType(.inlined, of: .message(message))
        }

        /// A pointer to a string, a number or a Boolean: one that is zero is there nevertheless.
        ///
        /// What is no pointer is sent even when it was never set, and JSON leaves it out then; so does the reader.
        public static func pointer(_ target: FieldType) -> FieldType { FieldType(.pointer, of: target) }

        /// A slice; read as an array.
        public static func list(_ element: FieldType) -> FieldType { FieldType(.list, of: element) }

        /// A map from strings; read as an object.
        public static func map(_ value: FieldType) -> FieldType { FieldType(.map, of: value) }
    }

    private static let empty = ProtobufMessage()

    /// The place of each number in ``fields``; 255 for numbers that are passed over.
    private let places: [UInt8]
    private let fields: [Field]

    /// Creates a table of at most 64 fields.
    public init(_ fields: Field...) {
        precondition(fields.count <= 64)
        var places = [UInt8](repeating: 255, count: (fields.map(\.number).max() ?? 0) + 1)
        for (place, field) in fields.enumerated() { places[field.number] = UInt8(place) }
        self.places = places
        self.fields = fields
    }

    /// The field with a number, and its place in the table, which is below 64; nil when it is passed over.
    @inline(__always)
    func field(_ number: Int) -> (place: Int, field: Field)? {
        guard number < places.count, places[number] != 255 else { return nil }
        let place = Int(places[number])
        return (place, fields[place])
    }
}

extension ProtobufMessage {
    /// `meta/v1 ObjectMeta`, without `managedFields`.
    public static let objectMeta = ProtobufMessage(
        .init(1, "name", .string),
        .init(2, "generateName", .string),
        .init(3, "namespace", .string),
        .init(5, "uid", .string),
        .init(6, "resourceVersion", .string),
        .init(7, "generation", .int),
        .init(8, "creationTimestamp", .time),
        .init(9, "deletionTimestamp", .time),
        .init(10, "deletionGracePeriodSeconds", .pointer(.int)),
        .init(11, "labels", .map(.string)),
        .init(12, "annotations", .map(.string)),
        .init(13, "ownerReferences", .list(.message(ownerReference))),
        .init(14, "finalizers", .list(.string)))

    /// An object of which only the metadata is read, whatever its kind; a `PartialObjectMetadata` is one.
    public static let metadataOnly = ProtobufMessage(.init(1, "metadata", .message(objectMeta)))

    /// `meta/v1 OwnerReference`.
    public static let ownerReference = ProtobufMessage(
        .init(1, "kind", .string),
        .init(3, "name", .string),
        .init(4, "uid", .string),
        .init(5, "apiVersion", .string),
        .init(6, "controller", .pointer(.bool)),
        .init(7, "blockOwnerDeletion", .pointer(.bool)))

    /// What names an object; reads even when something else in the metadata does not.
    static let identity = ProtobufMessage(
        .init(
            1, "metadata",
            .message(ProtobufMessage(.init(1, "name", .string), .init(3, "namespace", .string)))))

    /// `meta/v1 ListMeta`.
    static let listMeta = ProtobufMessage(
        .init(2, "resourceVersion", .string),
        .init(3, "continue", .string),
        .init(4, "remainingItemCount", .pointer(.int)))

    /// `meta/v1 Status`.
    static let status = ProtobufMessage(
        .init(2, "status", .string),
        .init(3, "message", .string),
        .init(4, "reason", .string),
        .init(5, "details", .message(statusDetails)),
        .init(6, "code", .int))

    private static let statusDetails = ProtobufMessage(
        .init(4, "causes", .list(.message(statusCause))),
        .init(5, "retryAfterSeconds", .int))

    private static let statusCause = ProtobufMessage(
        .init(1, "reason", .string),
        .init(2, "message", .string),
        .init(3, "field", .string))
}
