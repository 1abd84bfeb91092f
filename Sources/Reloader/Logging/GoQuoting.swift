/// A text in double quotes with Go's escapes, as `%q` prints it: log lines and usage errors quote this way.
func goQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars { appendGoEscaped(scalar, quote: "\"", to: &quoted) }
    return quoted + "\""
}

/// A character in single quotes with Go's escapes, as `%q` prints a rune.
func goQuoted(_ scalar: Unicode.Scalar) -> String {
    var quoted = "'"
    appendGoEscaped(scalar, quote: "'", to: &quoted)
    return quoted + "'"
}

private func appendGoEscaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case quote, "\\":
        text.unicodeScalars.append("\\")
        text.unicodeScalars.append(scalar)
    case "\u{07}": text += "\\a"
    case "\u{08}": text += "\\b"
    case "\u{0C}": text += "\\f"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{0B}": text += "\\v"
    case " "..."~": text.unicodeScalars.append(scalar)
    default:
        if scalar.isGoPrintable {
            text.unicodeScalars.append(scalar)
        } else if scalar.value < 0x80 {
            text += "\\x" + hexadecimal(scalar.value, digits: 2)
        } else if scalar.value < 0x10000 {
            text += "\\u" + hexadecimal(scalar.value, digits: 4)
        } else {
            text += "\\U" + hexadecimal(scalar.value, digits: 8)
        }
    }
}

/// Lower-case hexadecimal digits, with zeros in front up to `digits`.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension Unicode.Scalar {
    /// Whether Go's `unicode.IsPrint` says yes: letters, marks, numbers, punctuation, symbols and the ASCII space.
    fileprivate var isGoPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            self == " "
        default: true
        }
    }
}
