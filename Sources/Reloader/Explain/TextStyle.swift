#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the place that text goes to can show: colours and a width on terminals, neither elsewhere.
struct TextStyle: Hashable, Sendable {
    /// The colours of ANSI terminals that mean something here.
    enum Colour: String, Hashable, Sendable {
        case good = "32"
        case warning = "33"
        case faint = "2"
        case strong = "1"
    }

    /// Whether colours are used.
    var hasColours = false
    /// How many columns there are; nil for any number.
    var width: Int?

    /// Text without colours and without an end of the line.
    static let plain = TextStyle()

    /// The style of this process's stdout.
    ///
    /// `NO_COLOR`, when it is not empty, and `TERM=dumb` turn colours off.
    static func standardOutput(_ environment: [String: String]) -> TextStyle {
        guard isatty(STDOUT_FILENO) == 1 else { return .plain }
        let isPlain = environment["TERM"] == "dumb" || !environment["NO_COLOR", default: ""].isEmpty
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return TextStyle(hasColours: !isPlain, width: isKnown && size.ws_col > 0 ? Int(size.ws_col) : nil)
    }

    /// The text in a colour, where there are colours.
    func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}
