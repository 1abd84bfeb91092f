#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the sandbox tells its user, on stdout; colours only on a terminal, and not where `NO_COLOR` asks for none.
struct Console: Sendable {
    enum Colour: String, Sendable {
        case green = "32"
        case red = "31"
        case cyan = "36"
        case dim = "2"
        case bold = "1"
    }

    var hasColours: Bool

    /// A console for this process's stdout.
    init(environment: [String: String]) {
        hasColours = isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
    }

    func line(_ text: String = "") { write(text + "\n") }
    func done(_ text: String) { line("\(paint("✓", .green)) \(text)") }
    func failed(_ text: String) { line("\(paint("✗", .red)) \(text)") }
    func note(_ text: String) { line(paint("· \(text)", .dim)) }
    func heading(_ text: String) { line("\n\(paint(text, .bold))") }

    /// A line that one of the pods wrote.
    func output(of pod: String, _ text: String) { line("\(paint("[\(pod)]", .cyan)) \(text)") }

    func paint(_ text: String, _ colour: Colour) -> String {
        hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// One `write(2)`, so that lines of several tasks do not mix.
    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while unsafe !rest.isEmpty {
                let written = unsafe put(rest)
                if written > 0 {
                    unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
                } else if written == 0 || errno != EINTR {
                    return
                }
            }
        }
    }
}

@unsafe private func put(_ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
}
