package import Logging

extension Logger {
    /// Writes nothing.
    package static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Writes to a journal, a line each: level, message and, unless they are left out, the metadata.
    package static func into(
        _ journal: Journal<String>, level: Logger.Level = .info, withMetadata: Bool = true
    ) -> Logger {
        Logger(label: "test") { _ in JournalLogHandler(journal: journal, withMetadata: withMetadata, logLevel: level) }
    }
}

private struct JournalLogHandler: LogHandler {
    let journal: Journal<String>
    let withMetadata: Bool
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = withMetadata ? metadata.merging(event.metadata ?? [:]) { $1 } : [:]
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        journal.append("\(event.level) \(event.message)\(fields)")
    }
}
