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
    /// `isTerminal` chooses the coloured form of the text format.
    package init(format: String, level: String, isTerminal: Bool) {
        self.format = isTerminal ? .terminal : .text
        self.level = .info
        switch format {
        case "": break
        case "json": self.format = .json
        default:
            warning = "unsupported logging formatter: \(goQuoted(format))"
            return
        }
        guard let parsed = LogLevel(parsing: level) else {
            warning = "not a valid logrus Level: \(goQuoted(level))"
            return
        }
        self.level = parsed
    }
}
