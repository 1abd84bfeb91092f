/// What a refusal amounts to, whoever sent it: the API server, an aggregated one, or a proxy on the way.
///
/// Never fails. A Status is taken as it is, whatever its content type, and of one that is cut off what arrived; of any other body at
/// most 256 printable characters go into the message. A reason that is missing follows from the code.
package func decodeStatus(httpStatus: Int, contentType: String?, body: RawSpan, retryAfter: String?) -> Status {
    var document = StatusDocument()
    let isWhole: Bool
    do throws(JSONError) {
        if contentType?.hasPrefix(ProtobufEnvelope.mediaType) == true {
            try ProtobufEnvelope.open(body) { (envelope, message) throws(JSONError) in
                guard envelope.kind == "Status" else { return }
                try JSONReader.read(message, as: .status) { (reader) throws(JSONError) in
                    try document.read(from: &reader)
                }
            }
        } else {
            try JSONReader.read(body) { (reader) throws(JSONError) in try document.read(from: &reader) }
        }
        isWhole = true
    } catch {
        isWhole = false
    }
    var status = document.status
    if !document.isStatus {
        let message = isWhole ? "" : AnswerText(body, contentType: contentType).message
        status = Status(code: httpStatus, reason: "", message: message)
    }
    // A refusal cannot carry a Status that says otherwise.
    if status.code < 400 { status.code = httpStatus }
    if status.reason.isEmpty { status.reason = reason(forCode: status.code) }
    // What cannot be printed is left out, and nothing may be left.
    status.message = status.message.shortened(to: 4096)
    if status.message.isEmpty { status.message = "the server gave no reason" }
    if let seconds = retryAfter.flatMap(Int.init) { status.takeRetryAfter(seconds) }
    return status
}

/// The reason that an API server gives with a code when it knows no better.
///
/// Source: `NewGenericServerResponse` of apimachinery's `api/errors`.
private func reason(forCode code: Int) -> String {
    switch code {
    case 400: "BadRequest"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "NotFound"
    case 405: "MethodNotAllowed"
    case 406: "NotAcceptable"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "RequestEntityTooLarge"
    case 415: "UnsupportedMediaType"
    case 422: "Invalid"
    case 429: "TooManyRequests"
    case 503: "ServiceUnavailable"
    case 504: "Timeout"
    case 500...: "InternalError"
    default: ""
    }
}

/// A body that is no Status, made into one line.
struct AnswerText {
    private static let longest = 256
    // A title stands at the beginning; pages with scripts can be long.
    private static let scanned = 4096
    let message: String

    init(_ body: RawSpan, contentType: String? = "text/html") {
        let text = String(copying: body.extracting(first: Self.scanned))
        if text.utf8.first(where: { !$0.isJSONWhitespace }) == UInt8(ascii: "<")
            || contentType?.lowercased().holds("html") == true
        {
            let title = Self.title(of: text)
            message = title.isEmpty ? "an HTML page" : "an HTML page: \(title)"
        } else if text.unicodeScalars.contains("\0") {
            message = "the answer is neither a Status nor text"
        } else {
            message = text.shortened(to: Self.longest)
        }
    }

    private static func title(of page: String) -> String {
        let page = Array(page.utf8)
        guard let tag = page.firstIndex(ofTag: "<title", from: 0),
            let open = page[tag...].firstIndex(of: UInt8(ascii: ">")),
            let close = page.firstIndex(ofTag: "</title", from: open)
        else { return "" }
        return String(decoding: page[(open + 1)..<close], as: UTF8.self).shortened(to: longest)
    }
}

extension [UInt8] {
    /// Where `tag`, in lower case, first stands in either case.
    fileprivate func firstIndex(ofTag tag: StaticString, from start: Int) -> Int? {
        let tag = Array<UInt8>(tag.description.utf8)
        guard start <= count - tag.count else { return nil }
        return (start...count - tag.count).first { position in
            tag.indices.allSatisfy { self[position + $0] == tag[$0] || self[position + $0] | 0x20 == tag[$0] }
        }
    }
}

extension String {
    /// A copy of what may not be UTF-8.
    init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// One line of at most `limit` characters, runs of blanks as one space, nothing that a terminal would obey.
    package func shortened(to limit: Int) -> String {
        var line = ""
        var length = 0
        var needsSpace = false
        for character in self {
            guard !character.isWhitespace else {
                needsSpace = !line.isEmpty
                continue
            }
            guard character.isPrintable else { continue }
            guard length + (needsSpace ? 2 : 1) < limit else { return line + "…" }
            if needsSpace { line.append(" ") }
            line.append(character)
            length += needsSpace ? 2 : 1
            needsSpace = false
        }
        return line
    }
}

extension Character {
    fileprivate var isPrintable: Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
