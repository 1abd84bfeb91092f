import Logging
import Synchronization

/// Two lines in the log for one exchange, at trace level: as it is sent and as it ends, under one id.
///
/// Holds no headers and no body: those carry credentials and Secrets.
struct RequestTrace: Sendable {
    private static let count = Atomic<UInt64>(0)

    private let id: UInt64
    private let what: RequestDescription
    private let logger: Logger

    /// Writes the first line; nil, at no cost, when nobody reads them.
    init?(_ request: HTTPRequest, _ what: RequestDescription, logger: Logger) {
        guard logger.logLevel <= .trace else { return nil }
        id = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        self.what = what
        self.logger = logger
        logger.trace(
            "\(what)",
            metadata: [
                "request": "\(id)", "method": "\(request.method.rawValue)", "target": "\(request.target)",
            ])
    }

    /// Writes the second line; `head` is nil when there was no answer.
    ///
    /// The audit id is the server's own name for the request, under which its log has it.
    func ended(_ head: HTTPResponseHead?, in duration: Duration) {
        var metadata: Logger.Metadata = ["request": "\(id)", "seconds": "\(duration.seconds)"]
        if let head {
            metadata["status"] = "\(head.status)"
            if let audit = head[header: "Audit-Id"] { metadata["audit"] = "\(audit)" }
        }
        logger.trace("\(what) ended", metadata: metadata)
    }
}
