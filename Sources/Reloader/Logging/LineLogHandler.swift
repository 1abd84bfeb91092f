package import Logging

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes the log as logrus does: one line, one `write(2)`, to stderr.
///
/// Lines of several tasks do not mix as long as the system writes them whole, which pipes do up to 4 KiB.
package struct LineLogHandler: LogHandler {
    private let format: LogFormat
    private let now: @Sendable () -> LogTimestamp
    private let write: @Sendable (String) -> Void
    private let start: LogTimestamp
    private let isSilent: Bool

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    /// A handler with the configuration's format and level; clock and output can be replaced.
    package init(_ configuration: LoggingConfiguration) {
        self.init(configuration, now: LogTimestamp.now, write: writeToStandardError)
    }

    init(
        _ configuration: LoggingConfiguration, now: @escaping @Sendable () -> LogTimestamp,
        write: @escaping @Sendable (String) -> Void
    ) {
        format = configuration.format
        logLevel = configuration.level.threshold
        isSilent = configuration.level == .panic
        self.now = now
        self.write = write
        start = now()
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard !isSilent else { return }
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        let timestamp = now()
        write(
            format.line(
                LogLevel(event.level), event.message.description, fields, at: timestamp,
                age: timestamp.seconds - start.seconds))
    }
}

extension LoggingConfiguration {
    /// Reads the flags for a log that goes to this process's stderr.
    package init(_ flags: ReloaderFlags) {
        self.init(format: flags.logFormat, level: flags.logLevel, isTerminal: isatty(STDERR_FILENO) == 1)
        let spelling = flags.spelling(of: Self.isFormat(flags.logFormat) ? "log-level" : "log-format")
        if let text = warning, !spelling.hasPrefix("--") { warning = "\(text) (\(spelling) in the environment)" }
    }
}

/// Writes the text at once; what the system does not take is tried again, errors are ignored: there is nobody to tell.
func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while unsafe !rest.isEmpty {
            let written = unsafe write(STDERR_FILENO, rest.baseAddress, rest.count)
            if written > 0 {
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            } else if written < 0, errno == EINTR {
                continue
            } else {
                return
            }
        }
    }
}
