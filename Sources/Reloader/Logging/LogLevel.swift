import Logging

/// The levels of the log, most severe first, under the names that logrus gives them.
package enum LogLevel: Int, Hashable, Sendable, CaseIterable {
    case panic, fatal, error, warning, info, debug, trace

    /// Reads a level in any case; `warn` is `warning`.
    init?(parsing text: String) {
        switch text.lowercased() {
        case "panic": self = .panic
        case "fatal": self = .fatal
        case "error": self = .error
        case "warn", "warning": self = .warning
        case "info": self = .info
        case "debug": self = .debug
        case "trace": self = .trace
        default: return nil
        }
    }

    /// The level that a line of swift-log is written under; `notice`, which logrus lacks, is `info`.
    init(_ level: Logger.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info, .notice: self = .info
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .fatal
        }
    }

    /// The level's word in a line.
    var word: String {
        switch self {
        case .panic: "panic"
        case .fatal: "fatal"
        case .error: "error"
        case .warning: "warning"
        case .info: "info"
        case .debug: "debug"
        case .trace: "trace"
        }
    }

    /// swift-log's threshold that lets this level and more severe ones through; `panic` has none as severe.
    var threshold: Logger.Level {
        switch self {
        case .panic, .fatal: .critical
        case .error: .error
        case .warning: .warning
        case .info: .info
        case .debug: .debug
        case .trace: .trace
        }
    }
}
