extension Status: KubeDecodable {
    /// Reads a `meta/v1 Status`; what is missing or of another type is left empty.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try StatusDocument(from: &reader).status }

    /// Takes the server's word on when to come back; a day at most, because clocks trap on what no calendar holds.
    mutating func takeRetryAfter(_ seconds: Int) {
        if seconds > 0 { retryAfterSeconds = min(seconds, 86_400) }
    }
}

/// A ``Status`` together with what tells it from other documents.
struct StatusDocument: KubeDecodable {
    var status = Status(code: 0, reason: "", message: "")
    private var kind = ""
    private var outcome = ""

    /// Whether the document is a Status; some answers leave out kind and apiVersion.
    var isStatus: Bool { kind == "Status" || (kind.isEmpty && outcome == "Failure") }

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) { try read(from: &reader) }

    /// Reads as far as the document goes, so that of one that is cut off the beginning can be used.
    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachField { (name, reader) throws(JSONError) in
            switch name {
            case "kind": kind = (try? reader.string()) ?? ""
            case "status": outcome = (try? reader.string()) ?? ""
            case "message": status.message = (try? reader.string()) ?? ""
            case "reason": status.reason = (try? reader.string()) ?? ""
            case "code": status.code = (try? reader.int()) ?? 0
            case "details":
                guard try reader.peek() == .object else { return }
                try reader.forEachField { (name, reader) throws(JSONError) in
                    switch name {
                    case "retryAfterSeconds":
                        if let seconds = try? reader.int() { status.takeRetryAfter(seconds) }
                    case "causes":
                        guard try reader.peek() == .array else { return }
                        try reader.forEachElement { (reader) throws(JSONError) in
                            guard try reader.peek() == .object else { return }
                            status.causes.append(try Status.Cause(from: &reader))
                        }
                    default: break
                    }
                }
            default: break
            }
        }
    }
}

extension Status.Cause: KubeDecodable {
    /// Reads an entry of `details.causes`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(reason: "")
        try reader.forEachField { (name, reader) throws(JSONError) in
            switch name {
            case "reason": reason = (try? reader.string()) ?? ""
            case "message": message = (try? reader.string()) ?? ""
            case "field": field = (try? reader.string()) ?? ""
            default: break
            }
        }
    }
}
