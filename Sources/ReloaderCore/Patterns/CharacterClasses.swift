/// The named character classes of the dialect.
enum CharacterClasses {
    /// `\d`, `\s`, `\w`, for either case of the letter; upper case means the complement, which the caller makes.
    static func perl(_ letter: Unicode.Scalar) -> ScalarSet? {
        switch letter {
        case "d", "D": .digits
        case "s", "S": .spaces
        case "w", "W": .words
        default: nil
        }
    }

    /// The class inside `[:…:]`.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": ScalarSet("0"..."9", "A"..."Z", "a"..."z")
        case "alpha": ScalarSet("A"..."Z", "a"..."z")
        case "ascii": ScalarSet("\0"..."\u{7f}")
        case "blank": ScalarSet("\t"..."\t", " "..." ")
        case "cntrl": ScalarSet("\0"..."\u{1f}", "\u{7f}"..."\u{7f}")
        case "digit": .digits
        case "graph": ScalarSet("!"..."~")
        case "lower": ScalarSet("a"..."z")
        case "print": ScalarSet(" "..."~")
        case "punct": ScalarSet("!"..."/", ":"..."@", "["..."`", "{"..."~")
        case "space": ScalarSet("\t"..."\r", " "..." ")
        case "upper": ScalarSet("A"..."Z")
        case "word": .words
        case "xdigit": ScalarSet("0"..."9", "A"..."F", "a"..."f")
        default: nil
        }
    }

    private static let categories: Set<String> = [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]

    /// The class of `\p{…}`: general categories and common scripts.
    ///
    /// Exact for ASCII, which is all that names of Kubernetes objects hold; beyond it only `Any` has members.
    static func unicode(_ name: String) -> ScalarSet? {
        switch name {
        case "Any": .all
        case "Latin": ScalarSet("A"..."Z", "a"..."z")
        case "Common": ScalarSet(ascii: { !$0.properties.isAlphabetic })
        case "Arabic", "Cyrillic", "Devanagari", "Greek", "Han", "Hangul", "Hebrew", "Hiragana", "Katakana", "Thai":
            ScalarSet()
        default:
            categories.contains(name) ? ScalarSet(ascii: { category(of: $0).hasPrefix(name) }) : nil
        }
    }

    /// The general category of an ASCII character.
    private static func category(of scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .decimalNumber: "Nd"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .spaceSeparator: "Zs"
        default: "Cc"
        }
    }
}
