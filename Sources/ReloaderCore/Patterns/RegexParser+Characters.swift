/// What stands for one character: classes and escapes.
extension RegexParser {
    mutating func characterClass() throws(RegexError) -> ScalarSet {
        let start = position
        position += 1
        let isInverted = peek() == "^"
        if isInverted { position += 1 }
        var set = ScalarSet()
        var isFirst = true
        while peek() != "]" || isFirst {
            isFirst = false
            if peek() == "[", peek(1) == ":", let named = try posixClass() {
                set.formUnion(named)
            } else if let escaped = try escapedClass() {
                set.formUnion(escaped)
            } else {
                let rangeStart = position
                let lower = try classScalar(start)
                var upper = lower
                if peek() == "-", let next = peek(1), next != "]" {
                    position += 1
                    upper = try classScalar(start)
                    guard lower <= upper else { throw RegexError(.invalidCharacterRange, text[rangeStart..<position]) }
                }
                let range = ScalarSet(lower...upper)
                set.formUnion(flags.foldsCase ? range.folded : range)
            }
        }
        position += 1
        return isInverted ? set.inverted : set
    }

    private mutating func classScalar(_ classStart: Int) throws(RegexError) -> Unicode.Scalar {
        guard let scalar = peek() else { throw RegexError(.missingBracket, text[classStart...]) }
        if scalar == "\\" { return try escapedScalar() }
        position += 1
        return scalar
    }

    private mutating func posixClass() throws(RegexError) -> ScalarSet? {
        var end = position + 2
        while peek(at: end) != nil, !(peek(at: end) == ":" && peek(at: end + 1) == "]") { end += 1 }
        guard peek(at: end) != nil else { return nil }
        let isInverted = peek(2) == "^"
        let name = String(String.UnicodeScalarView(text[(position + (isInverted ? 3 : 2))..<max(end, position + 3)]))
        guard let set = CharacterClasses.posix(name) else {
            throw RegexError(.invalidCharacterRange, text[position..<(end + 2)])
        }
        position = end + 2
        let folded = flags.foldsCase ? set.folded : set
        return isInverted ? folded.inverted : folded
    }

    /// Reads `\d` and its like, or `\p{…}`; nil when there is no such thing here.
    mutating func escapedClass() throws(RegexError) -> ScalarSet? {
        guard peek() == "\\", let letter = peek(1) else { return nil }
        if letter == "p" || letter == "P" { return try unicodeClass(isInverted: letter == "P") }
        guard let set = CharacterClasses.perl(letter) else { return nil }
        position += 2
        let folded = flags.foldsCase ? set.folded : set
        return ("A"..."Z").contains(letter) ? folded.inverted : folded
    }

    private mutating func unicodeClass(isInverted: Bool) throws(RegexError) -> ScalarSet {
        let start = position
        position += 2
        guard let first = peek() else { throw RegexError(.invalidCharacterRange, text[start...]) }
        position += 1
        var name = [first][...]
        if first == "{" {
            guard let end = text[position...].firstIndex(of: "}") else {
                throw RegexError(.invalidCharacterRange, text[start...])
            }
            name = text[position..<end]
            position = end + 1
        }
        let isNegated = name.first == "^"
        guard let set = CharacterClasses.unicode(String(String.UnicodeScalarView(isNegated ? name.dropFirst() : name)))
        else { throw RegexError(.invalidCharacterRange, text[start..<position]) }
        let folded = flags.foldsCase ? set.folded : set
        return isInverted != isNegated ? folded.inverted : folded
    }

    /// Reads a backslash and the single scalar that it makes.
    mutating func escapedScalar() throws(RegexError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let scalar = peek() else { throw RegexError(.trailingBackslash, []) }
        position += 1
        var invalid: RegexError { RegexError(.invalidEscape, text[start..<min(position, text.count)]) }
        switch scalar {
        case "0", "1"..."7":
            // A single digit other than 0 would be a reference to a group, which this dialect does not have.
            guard scalar == "0" || peek().map({ ("0"..."7").contains($0) }) == true else { throw invalid }
            var value = scalar.value - 48
            for _ in 0..<2 {
                guard let digit = peek(), ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 48
                position += 1
            }
            guard let result = Unicode.Scalar(value) else { throw invalid }
            return result
        case "x": return try hexScalar(start)
        case "a": return "\u{7}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{b}"
        default:
            guard scalar.isASCII, scalar == "_" || !ScalarSet.words.contains(scalar.value) else { throw invalid }
            return scalar
        }
    }

    /// Reads the digits of `\x41` or `\x{10FFFF}`.
    private mutating func hexScalar(_ start: Int) throws(RegexError) -> Unicode.Scalar {
        let isBraced = peek() == "{"
        if isBraced { position += 1 }
        var (value, digits, isValid) = (UInt32(0), 0, true)
        while let scalar = peek(), isValid || !isBraced, isBraced || digits < 2 {
            position += 1
            if isBraced, scalar == "}" { break }
            let digit = scalar.isASCII ? Character(scalar).hexDigitValue : nil
            value = value * 16 + UInt32(digit ?? 0)
            digits += 1
            if digit == nil || value > ScalarSet.last { isValid = false }
        }
        let isComplete = isBraced ? digits > 0 && text[position - 1] == "}" : digits == 2
        // Halves of surrogate pairs are no scalars; RE2 accepts them, but no text can hold one.
        guard isValid, isComplete, let result = Unicode.Scalar(value) else {
            throw RegexError(.invalidEscape, text[start..<position])
        }
        return result
    }
}
