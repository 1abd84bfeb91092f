import Logging
import Synchronization

/// Logs each distinct `Warning` header of the server once.
final class WarningLog: Sendable {
    // A server that invents a new warning for every request must not fill the memory.
    private static let limit = 256
    private static let longest = 1024
    private let seen = Mutex<Set<String>>([])

    func record(_ head: HTTPResponseHead, logger: Logger) {
        for (name, value) in head.headers where name.lowercased() == "warning" {
            let isNew = seen.withLock { $0.count < Self.limit && $0.insert(value).inserted }
            if isNew { logger.warning("the API server warns: \(Self.text(of: value))") }
        }
    }

    /// The text between the quotes of `299 - "text"`, on one line.
    ///
    /// Source: RFC 7234, section 5.5; a date may follow, also in quotes.
    private static func text(of header: String) -> String {
        guard let open = header.firstIndex(of: "\"") else { return header.shortened(to: longest) }
        var text = ""
        var isEscaped = false
        for character in header[header.index(after: open)...] {
            if character == "\"", !isEscaped { break }
            isEscaped = character == "\\" && !isEscaped
            if !isEscaped { text.append(character) }
        }
        return text.shortened(to: longest)
    }
}
