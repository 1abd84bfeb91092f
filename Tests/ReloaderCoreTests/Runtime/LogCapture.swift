import Logging
import TestSupport

/// Keeps log lines for tests to look at.
struct LogCapture: Sendable {
    private let kept = Journal<String>()

    var lines: [String] { kept.entries }

    var logger: Logger { .into(kept, level: .debug) }
}
