import Logging
import Synchronization
import Testing

@testable import Reloader

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func write(_ line: String) { lines.withLock { $0.append(line) } }
}

private func logger(
    format: String = "", level: String, isTerminal: Bool = false, provider: Logger.MetadataProvider? = nil
) -> (Logger, Lines) {
    let lines = Lines()
    var handler = LineLogHandler(
        LoggingConfiguration(format: format, level: level, isTerminal: isTerminal),
        now: { LogTimestamp(seconds: 0, utcOffset: 0) }, write: { lines.write($0) })
    handler.metadataProvider = provider
    let fixed = handler
    return (Logger(label: "test", factory: { _ in fixed }), lines)
}

@Suite struct LineLogHandlerTests {
    @Test(
        "a level lets itself and everything more severe through",
        arguments: [
            ("trace", ["trace", "debug", "info", "info", "warning", "error", "fatal"]),
            ("DEBUG", ["debug", "info", "info", "warning", "error", "fatal"]),
            ("info", ["info", "info", "warning", "error", "fatal"]), ("Warn", ["warning", "error", "fatal"]),
            ("warning", ["warning", "error", "fatal"]), ("error", ["error", "fatal"]), ("fatal", ["fatal"]),
            ("panic", []),
        ])
    func levels(_ level: String, _ expected: [String]) {
        let (logger, lines) = logger(level: level)
        for level in Logger.Level.allCases { logger.log(level: level, "m") }
        #expect(lines.all == expected.map { "time=\"1970-01-01T00:00:00Z\" level=\($0) msg=m\n" })
    }

    @Test("metadata of the call wins over the provider's, and that over the logger's")
    func metadata() {
        var (logger, lines) = logger(level: "info", provider: Logger.MetadataProvider { ["b": "2", "c": "2"] })
        logger[metadataKey: "a"] = "1"
        logger[metadataKey: "b"] = "1"
        logger.info("m", metadata: ["c": "3"])
        #expect(lines.all == ["time=\"1970-01-01T00:00:00Z\" level=info msg=m a=1 b=2 c=3\n"])
    }

    @Test("JSON is chosen by its flag, on terminals too")
    func json() {
        let (logger, lines) = logger(format: "json", level: "info", isTerminal: true)
        logger.notice("m")
        #expect(lines.all == [#"{"level":"info","msg":"m","time":"1970-01-01T00:00:00Z"}"# + "\n"])
    }
}

@Suite struct LoggingConfigurationTests {
    @Test(
        "flags that cannot be followed leave a warning",
        arguments: [
            ("", "debug", LogFormat.text, LogLevel.debug, nil),
            ("json", "ERROR", .json, .error, nil),
            ("JSON", "debug", .json, .debug, nil),
            ("text", "warn", .text, .warning, nil),
            ("logfmt", "nonsense", .text, .info, #"unsupported logging formatter: "logfmt""#),
            ("json", "loud", .json, .info, #"not a valid logrus Level: "loud""#),
            ("", "", .text, .info, #"not a valid logrus Level: """#),
        ] as [(String, String, LogFormat, LogLevel, String?)])
    func flags(_ format: String, _ level: String, _ expected: LogFormat, _ expectedLevel: LogLevel, _ warning: String?)
    {
        let configuration = LoggingConfiguration(format: format, level: level, isTerminal: false)
        #expect(configuration.format == expected)
        #expect(configuration.level == expectedLevel)
        #expect(configuration.warning == warning)
    }

    @Test("a value that came from the environment is named after its variable")
    func environment() {
        var flags = ReloaderFlags()
        flags.environmentVariables = ["RELOADER_LOG_FORMAT", "RELOADER_LOG_LEVEL"]
        flags.logLevel = "loud"
        #expect(
            LoggingConfiguration(flags).warning
                == #"not a valid logrus Level: "loud" (RELOADER_LOG_LEVEL in the environment)"#)
        flags.logFormat = "logfmt"
        #expect(
            LoggingConfiguration(flags).warning
                == #"unsupported logging formatter: "logfmt" (RELOADER_LOG_FORMAT in the environment)"#)
    }

    @Test("only the text format has a form for terminals")
    func terminal() {
        #expect(LoggingConfiguration(format: "", level: "info", isTerminal: true).format == .terminal)
        #expect(LoggingConfiguration(format: "json", level: "info", isTerminal: true).format == .json)
    }
}
