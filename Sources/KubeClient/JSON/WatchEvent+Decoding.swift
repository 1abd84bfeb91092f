/// Decodes one frame of a watch: `{"type":"ADDED","object":{…}}`, the two in either order.
///
/// An `ERROR` is thrown as ``KubeError/Code/status`` with the server's ``Status``. Source: `meta/v1 WatchEvent`.
package func decodeWatchEvent<Object: KubeObject>(
    _ frame: RawSpan, as type: Object.Type
) throws(KubeError) -> WatchEvent<Object> {
    let envelope = try readJSON(frame, what: "the watch event does not read as \(type)") {
        (reader) throws(JSONError) in try WatchEnvelope<Object>(from: &reader)
    }
    try refuseTable(envelope.holdsTable)
    return try envelope.event()
}

/// The two members of a watch event, the object read as its type demands.
struct WatchEnvelope<Object: KubeObject> {
    enum EventType { case added, modified, deleted, bookmark, error, unknown }
    enum Content {
        case object(Object)
        case bookmark(Bookmark)
        case status(Status)
    }

    var type: EventType?
    var content: Content?
    var holdsTable = false

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) {
        // Where the object is when it stands before the type, which says how to read it.
        var deferred: Range<Int>?
        try reader.forEachField { (name, reader) throws(JSONError) in
            switch name {
            case "type": type = Self.type(named: try reader.string())
            case "object":
                guard try reader.peek() == .object else { return }
                holdsTable = reader.isAt(#"{"kind":"Table""#)
                if type == nil { deferred = try reader.skippedRange() } else { try readContent(from: &reader) }
            default: break
            }
        }
        if content == nil, let deferred {
            // The same document, so that errors give the offset in it.
            var object = JSONReader(reader.bytes)
            object.offset = deferred.lowerBound
            try readContent(from: &object)
        }
    }

    /// What the two members amount to.
    func event() throws(KubeError) -> WatchEvent<Object> {
        switch (type, content) {
        case (.added, .object(let object)): return .added(object)
        case (.modified, .object(let object)): return .modified(object)
        case (.deleted, .object(let object)): return .deleted(object)
        case (.bookmark, .bookmark(let bookmark)) where !bookmark.resourceVersion.rawValue.isEmpty:
            return .bookmark(bookmark.resourceVersion, endsInitialEvents: bookmark.endsInitialEvents)
        case (.bookmark, _): throw KubeError(.decoding, "the watch sent a bookmark without a resource version")
        case (.error, .status(let status)): throw KubeError(.status, status.message, status: status)
        case (.error, _): throw KubeError(.decoding, "the watch sent an error without a Status")
        case (.unknown, _): throw KubeError(.decoding, "the watch sent an event of unknown type")
        case (nil, _): throw KubeError(.decoding, "the watch sent an event without a type")
        case (.added, _), (.modified, _), (.deleted, _):
            throw KubeError(.decoding, "the watch sent an event without an object")
        }
    }

    mutating func readContent(from reader: inout JSONReader) throws(JSONError) {
        switch type {
        case .added, .modified, .deleted: content = .object(try Object(from: &reader))
        case .bookmark: content = .bookmark(try Bookmark(from: &reader))
        case .error:
            let document = try StatusDocument(from: &reader)
            content = document.isStatus ? .status(document.status) : nil
        case .unknown, nil: break
        }
    }

    static func type(named name: String) -> EventType {
        switch name {
        case "ADDED": .added
        case "MODIFIED": .modified
        case "DELETED": .deleted
        case "BOOKMARK": .bookmark
        case "ERROR": .error
        default: .unknown
        }
    }
}

/// What an event of type `BOOKMARK` says; its object has no other fields.
struct Bookmark: KubeDecodable {
    var resourceVersion = ResourceVersion(rawValue: "")
    var endsInitialEvents = false

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachField { (name, reader) throws(JSONError) in
            guard name == "metadata" else { return }
            try reader.forEachField { (name, reader) throws(JSONError) in
                switch name {
                case "resourceVersion": resourceVersion = ResourceVersion(rawValue: try reader.string())
                case "annotations":
                    try reader.forEachField { (name, reader) throws(JSONError) in
                        guard name == "k8s.io/initial-events-end" else { return }
                        endsInitialEvents = try reader.string() == "true"
                    }
                default: break
                }
            }
        }
    }
}

extension JSONReader {
    /// Whether the document goes on with this text, byte for byte.
    fileprivate func isAt(_ text: StaticString) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        return end <= bytes.count && bytes[offset..<end].elementsEqual(text)
    }
}
