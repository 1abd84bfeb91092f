import Logging
import Testing

@testable import Reloader

private let moment = LogTimestamp(seconds: 1_700_000_000, utcOffset: 0)

@Suite struct LogFormatTests {
    @Test(
        "a text line is logrus's",
        arguments: [
            (LogLevel.info, "Starting Reloader", [:], #"level=info msg="Starting Reloader""#),
            (.warning, "ready", [:], "level=warning msg=ready"),
            (.error, #"say "a" \ b"#, [:], #"level=error msg="say \"a\" \\ b""#),
            (.debug, "a\nb", [:], #"level=debug msg="a\nb""#),
            (.trace, "/a-b_c.d@e^f+g", [:], "level=trace msg=/a-b_c.d@e^f+g"),
            (.fatal, "ä", [:], #"level=fatal msg="ä""#),
            (.info, "", [:], "level=info"),
            (.info, "m", ["b": "x y", "a": "1"], #"level=info msg=m a=1 b="x y""#),
            (
                .info, "m", ["time": "t", "level": "l", "msg": "n", "zero": ""],
                "level=info msg=m fields.level=l fields.msg=n fields.time=t zero="
            ),
            (.info, "m", ["list": ["a", "b"]], #"level=info msg=m list="[\"a\", \"b\"]""#),
        ] as [(LogLevel, String, Logger.Metadata, String)])
    func text(_ level: LogLevel, _ message: String, _ metadata: Logger.Metadata, _ expected: String) {
        let line = LogFormat.text.line(level, message, metadata, at: moment, age: 3)
        #expect(line == "time=\"2023-11-14T22:13:20Z\" \(expected)\n")
    }

    @Test(
        "a JSON line has level, msg and time first, then the rest, sorted",
        arguments: [
            (LogLevel.info, "Starting Reloader", [:], ##"{"level":"info","msg":"Starting Reloader","time":"T"}"##),
            (.warning, "", [:], ##"{"level":"warning","msg":"","time":"T"}"##),
            (.info, "a\"\\\n\t\u{1}<ä>", [:], ##"{"level":"info","msg":"a\"\\\n\t\u0001<ä>","time":"T"}"##),
            (
                .info, "m", ["b": "2", "a": "1", "time": "x"],
                ##"{"level":"info","msg":"m","time":"T","a":"1","b":"2","fields.time":"x"}"##
            ),
            (
                .info, "m", ["a": ["x", ["k": "v", "j": .stringConvertible(3)]]],
                ##"{"level":"info","msg":"m","time":"T","a":["x",{"j":"3","k":"v"}]}"##
            ),
        ] as [(LogLevel, String, Logger.Metadata, String)])
    func json(_ level: LogLevel, _ message: String, _ metadata: Logger.Metadata, _ expected: String) {
        let line = LogFormat.json.line(level, message, metadata, at: moment, age: 3)
        #expect(line == expected.replacing("\"T\"", with: "\"2023-11-14T22:13:20Z\"") + "\n")
    }

    @Test("a terminal gets the short, coloured form")
    func terminal() {
        #expect(
            LogFormat.terminal.line(.warning, "watch out\n", [:], at: moment, age: 12)
                == "\u{1B}[33mWARN\u{1B}[0m[0012] watch out\n")
        #expect(
            LogFormat.terminal.line(.info, "m", ["a": "b c"], at: moment, age: 0)
                == "\u{1B}[36mINFO\u{1B}[0m[0000] m" + String(repeating: " ", count: 45)
                + "\u{1B}[36ma\u{1B}[0m=\"b c\"\n")
    }
}

@Suite struct LogTimestampTests {
    @Test(
        "moments are written as RFC 3339 in the zone's time",
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (1_700_000_000, 7200, "2023-11-15T00:13:20+02:00"),
            (1_700_000_000, -12600, "2023-11-14T18:43:20-03:30"), (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (-1, 0, "1969-12-31T23:59:59Z"), (4_107_542_399, 0, "2100-02-28T23:59:59Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00Z"), (1_735_689_599, 0, "2024-12-31T23:59:59Z"),
        ])
    func rfc3339(_ seconds: Int, _ offset: Int, _ expected: String) {
        #expect(LogTimestamp(seconds: seconds, utcOffset: offset).rfc3339 == expected)
    }
}
