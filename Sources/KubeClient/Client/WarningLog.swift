import Logging
import Synchronization

/// Logs each distinct `Warning` header of the server once.
final class WarningLog: Sendable {
    // A server that invents a new warning for every request must not fill the memory.
    private static let limit = 256
    private let seen = Mutex<Set<String>>([])

    func record(_ head: HTTPResponseHead, logger: Logger) {
        for (name, value) in head.headers where name.lowercased() == "warning" {
            let isNew = seen.withLock { $0.count < Self.limit && $0.insert(value).inserted }
            if isNew { logger.warning("the API server warns: \(Self.text(of: value))") }
        }
    }

    /// The text between the quotes of `299 - "text"`.
    private static func text(of header: String) -> String {
        guard let open = header.firstIndex(of: "\""), let close = header.lastIndex(of: "\""), open < close else {
            return header
        }
        return String(header[header.index(after: open)..<close])
    }
}
