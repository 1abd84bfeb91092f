import Logging

/// How one line of the log looks; a pure function from its parts to its text.
package enum LogFormat: Hashable, Sendable {
    /// logrus's text: `time="…" level=info msg="…"` and further fields, sorted.
    case text
    /// logrus's text for people: a coloured level, seconds since the start, the message.
    case terminal
    /// One JSON object: level, msg, time, then further fields, sorted.
    case json

    /// One line with its end; `age` is how many seconds the process has been running.
    func line(
        _ level: LogLevel, _ message: String, _ metadata: Logger.Metadata, at timestamp: LogTimestamp, age: Int
    ) -> String {
        let fields = metadata.sorted { $0.key < $1.key }.map { (name: Self.fieldName($0.key), value: $0.value) }
        switch self {
        case .text:
            var line = "time=\(Self.textValue(timestamp.rfc3339)) level=\(level.word)"
            if !message.isEmpty { line += " msg=\(Self.textValue(message))" }
            for field in fields { line += " \(field.name)=\(Self.textValue("\(field.value)"))" }
            return line + "\n"
        case .terminal:
            let seconds = String(age)
            var body = message
            while body.hasSuffix("\n") { body.removeLast() }
            var line = "\u{1B}[\(level.colour)m\(level.word.uppercased().prefix(4))\u{1B}[0m"
            line += "[\(String(repeating: "0", count: max(0, 4 - seconds.utf8.count)))\(seconds)] \(body)"
            guard !fields.isEmpty else { return line + "\n" }
            line += String(repeating: " ", count: max(0, 44 - body.count)) + " "
            for field in fields {
                line += " \u{1B}[\(level.colour)m\(field.name)\u{1B}[0m=\(Self.textValue("\(field.value)"))"
            }
            return line + "\n"
        case .json:
            var line = "{\"level\":\"\(level.word)\",\"msg\":"
            Self.appendJSON(message, to: &line)
            line += ",\"time\":\"\(timestamp.rfc3339)\""
            for field in fields {
                line += ","
                Self.appendJSON(field.name, to: &line)
                line += ":"
                Self.appendJSON(field.value, to: &line)
            }
            return line + "}\n"
        }
    }

    /// A field that has the name of one of the fixed ones moves aside, as in logrus.
    private static func fieldName(_ name: String) -> String {
        ["level", "msg", "time"].contains(name) ? "fields.\(name)" : name
    }

    private static func textValue(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                false
            default: !"-._/@^+".utf8.contains(byte)
            }
        }
        return needsQuotes ? goQuoted(text) : text
    }

    private static func appendJSON(_ value: Logger.MetadataValue, to line: inout String) {
        switch value {
        case .string(let text): appendJSON(text, to: &line)
        case .stringConvertible(let value): appendJSON(value.description, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                appendJSON(value, to: &line)
            }
            line += "]"
        case .dictionary(let members):
            line += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                appendJSON(member.key, to: &line)
                line += ":"
                appendJSON(member.value, to: &line)
            }
            line += "}"
        }
    }

    private static func appendJSON(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\u{00}"..."\u{1F}", "\u{2028}", "\u{2029}": line += "\\u" + hexadecimal(scalar.value, digits: 4)
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}

extension LogLevel {
    /// The terminal colour that logrus gives the level.
    fileprivate var colour: Int {
        switch self {
        case .trace, .debug: 37
        case .info: 36
        case .warning: 33
        case .error, .fatal, .panic: 31
        }
    }
}
