/// Format and level of the log, from the two flags.
package struct LoggingConfiguration: Hashable, Sendable {
    /// How lines look.
    package var format: LogFormat
    /// The least severe level that is written.
    package var level: LogLevel
    /// What to log first, at warning level, when a flag could not be followed.
    package var warning: String?

    /// Reads the flags as the reference does: a bad format leaves text at level info, a bad level leaves info.
    ///
    /// Unlike there, the words for a format may have any case, and `text` is one.
    /// `isTerminal` chooses the coloured form of the text format.
    package init(format: String, level: String, isTerminal: Bool) {
        self.format = isTerminal ? .terminal : .text
        self.level = .info
        guard Self.isFormat(format) else {
            warning = "unsupported logging formatter: \(goQuoted(format))"
            return
        }
        if format.lowercased() == "json" { self.format = .json }
        guard let parsed = LogLevel(parsing: level) else {
            warning = "not a valid logrus Level: \(goQuoted(level))"
            return
        }
        self.level = parsed
    }

    /// Whether the text is a word for a format.
    static func isFormat(_ text: String) -> Bool { ["", "text", "json"].contains(text.lowercased()) }
}
