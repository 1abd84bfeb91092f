/// Translates an expression of the RE2 dialect (Go's `regexp`) into a ``RegexProgram``.
///
/// Keeps one explicit frame per open parenthesis, so that nesting cannot exhaust the stack. Whether something matches
/// does not depend on greediness, so `?` after a quantifier and the flag `U` are accepted and change nothing.
struct RegexParser {
    /// Limits of RE2, and a smaller one for the size: expressions come from annotations that anybody may write.
    private enum Limit {
        static let repeats = 1000
        static let depth = 1000
        static let instructions = 32_768
    }

    struct Flags {
        var foldsCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    /// The newest piece of a sequence, to which a quantifier would apply.
    private struct Atom {
        var start: Int
        /// The largest product of nested counted repetitions inside.
        var repeats = 1
    }

    /// An open parenthesis, or the whole expression.
    private struct Frame {
        var finished: [[RegexProgram.Instruction]] = []
        var sequence: [RegexProgram.Instruction] = []
        var atom: Atom?
        var repeats = 1
        let flags: Flags
    }

    let text: [Unicode.Scalar]
    var position = 0
    private(set) var flags = Flags()
    private var frames: [Frame]
    private var sets: [ScalarSet] = []
    private var setIndexes: [ScalarSet: Int32] = [:]
    /// Where the quantifier just before begins: two in a row are an error.
    private var quantifierStart: Int?

    private init(_ text: String) {
        self.text = Array(text.unicodeScalars)
        frames = [Frame(flags: Flags())]
    }

    static func parse(_ text: String) throws(RegexError) -> RegexProgram {
        var parser = RegexParser(text)
        return try parser.parse()
    }

    private mutating func parse() throws(RegexError) -> RegexProgram {
        while let scalar = peek() {
            let lastQuantifier = quantifierStart
            quantifierStart = nil
            switch scalar {
            case "(": try openGroup()
            case ")": try closeGroup()
            case "|":
                position += 1
                finishAlternative()
            case "*", "+", "?": try quantifier(after: lastQuantifier)
            case "{": try countedQuantifier(after: lastQuantifier)
            case "^": try assertion(flags.isMultiline ? .beginLine : .beginText, length: 1)
            case "$": try assertion(flags.isMultiline ? .endLine : .endText, length: 1)
            case ".":
                position += 1
                try append(flags.dotMatchesNewline ? .all : .allButNewline)
            case "[": try append(characterClass())
            case "\\": try escape()
            default:
                position += 1
                try append(literal: scalar)
            }
        }
        guard frames.count == 1 else { throw RegexError(.missingParenthesis, text) }
        return RegexProgram(instructions: closeFrame().instructions, sets: sets)
    }

    // MARK: Building

    private var frame: Frame {
        get { frames[frames.count - 1] }
        _modify { yield &frames[frames.count - 1] }
    }

    private mutating func append(_ instructions: [RegexProgram.Instruction], repeats: Int = 1) throws(RegexError) {
        frame.atom = Atom(start: frame.sequence.count, repeats: repeats)
        if frame.sequence.isEmpty { frame.sequence = instructions } else { frame.sequence += instructions }
        frame.repeats = max(frame.repeats, repeats)
        try checkSize()
    }

    private mutating func append(_ set: ScalarSet) throws(RegexError) {
        let index = setIndexes[set] ?? Int32(sets.count)
        if index == sets.count {
            sets.append(set)
            setIndexes[set] = index
        }
        try append([.set(index)])
    }

    private mutating func append(literal scalar: Unicode.Scalar) throws(RegexError) {
        if flags.foldsCase {
            let folded = ScalarSet(scalar...scalar).folded
            if folded != ScalarSet(scalar...scalar) { return try append(folded) }
        }
        try append([.scalar(scalar.value)])
    }

    private mutating func assertion(_ assertion: RegexProgram.Assertion, length: Int) throws(RegexError) {
        position += length
        try append([.assert(assertion)])
    }

    private func checkSize(adding count: Int = 0) throws(RegexError) {
        guard frame.sequence.count + count <= Limit.instructions else { throw RegexError(.tooLarge, text) }
    }

    private mutating func finishAlternative() {
        frame.finished.append(frame.sequence)
        frame.sequence = []
        frame.atom = nil
    }

    /// Joins the alternatives of the innermost frame.
    private mutating func closeFrame() -> (instructions: [RegexProgram.Instruction], repeats: Int) {
        finishAlternative()
        let frame = frames.removeLast()
        guard frame.finished.count > 1 else { return (frame.finished[0], frame.repeats) }
        // Each alternative but the last: split to the next one, the alternative, jump to the end.
        var rest = frame.finished.reduce(0) { $0 + $1.count } + 2 * (frame.finished.count - 1)
        var joined: [RegexProgram.Instruction] = []
        joined.reserveCapacity(rest)
        for alternative in frame.finished.dropLast() {
            joined.append(.split(Int32(alternative.count + 2)))
            joined += alternative
            rest -= alternative.count + 2
            joined.append(.jump(Int32(rest + 1)))
        }
        return (joined + frame.finished[frame.finished.count - 1], frame.repeats)
    }

    // MARK: Groups

    private mutating func openGroup() throws(RegexError) {
        guard frames.count <= Limit.depth else { throw RegexError(.nestingDepth, text) }
        let outer = flags
        if peek(1) == "?" {
            guard try groupOptions() else { return }
        } else {
            position += 1
        }
        frames.append(Frame(flags: outer))
    }

    private mutating func closeGroup() throws(RegexError) {
        guard frames.count > 1 else { throw RegexError(.unexpectedParenthesis, text) }
        position += 1
        flags = frame.flags
        let (instructions, repeats) = closeFrame()
        try append(instructions, repeats: repeats)
    }

    /// Reads `(?…`; false when that was flags for the rest of the enclosing group instead of a group.
    private mutating func groupOptions() throws(RegexError) -> Bool {
        let start = position
        let nameStart = peek(2) == "P" && peek(3) == "<" ? 4 : 3
        if nameStart == 4 && peek(4) != nil || peek(2) == "<" && peek(3) != nil {
            guard let end = text[start...].firstIndex(of: ">") else {
                throw RegexError(.invalidNamedCapture, text[start...])
            }
            let name = text[(start + nameStart)..<max(end, start + nameStart)]
            guard !name.isEmpty, name.allSatisfy({ ScalarSet.words.contains($0.value) }) else {
                throw RegexError(.invalidNamedCapture, text[start...end])
            }
            position = end + 1
            return true
        }
        position += 2
        var (new, isClearing, sawFlag) = (flags, false, false)
        while let scalar = peek() {
            position += 1
            switch scalar {
            case "i": (new.foldsCase, sawFlag) = (!isClearing, true)
            case "m": (new.isMultiline, sawFlag) = (!isClearing, true)
            case "s": (new.dotMatchesNewline, sawFlag) = (!isClearing, true)
            case "U": sawFlag = true
            case "-" where !isClearing: (isClearing, sawFlag) = (true, false)
            case ":" where !isClearing || sawFlag, ")" where !isClearing || sawFlag:
                flags = new
                return scalar == ":"
            default: throw RegexError(.invalidPerlOperator, text[start..<position])
            }
        }
        throw RegexError(.invalidPerlOperator, text[start...])
    }

    // MARK: Quantifiers

    private mutating func quantifier(after lastQuantifier: Int?) throws(RegexError) {
        let (start, scalar) = (position, text[position])
        position += 1
        try checkQuantifier(start, after: lastQuantifier)
        guard let atom = frame.atom else { throw RegexError(.missingRepeatArgument, text[start..<position]) }
        try repeatAtom(atom, scalar == "+" ? 1 : 0, scalar == "?" ? 1 : nil)
    }

    private mutating func countedQuantifier(after lastQuantifier: Int?) throws(RegexError) {
        let start = position
        guard let counts = counts() else {
            // As in RE2, a brace that begins no count is itself.
            position += 1
            return try append(literal: "{")
        }
        position = counts.end
        guard counts.least <= counts.most ?? Limit.repeats, counts.most ?? 0 <= Limit.repeats else {
            throw RegexError(.invalidRepeatSize, text[start..<position])
        }
        try checkQuantifier(start, after: lastQuantifier)
        guard let atom = frame.atom else { throw RegexError(.missingRepeatArgument, text[start..<position]) }
        let count = counts.most ?? counts.least
        guard count < 2 || count * atom.repeats <= Limit.repeats else {
            throw RegexError(.invalidRepeatSize, text[start..<position])
        }
        try repeatAtom(atom, counts.least, counts.most)
        frame.atom?.repeats = counts.most == 0 ? 1 : max(count, 1) * atom.repeats
        frame.repeats = max(frame.repeats, frame.atom?.repeats ?? 1)
    }

    /// Takes the `?` of a lazy quantifier along and refuses a second quantifier.
    private mutating func checkQuantifier(_ start: Int, after lastQuantifier: Int?) throws(RegexError) {
        if peek() == "?" { position += 1 }
        if let lastQuantifier { throw RegexError(.invalidRepeatOperator, text[lastQuantifier..<position]) }
        quantifierStart = start
    }

    /// Reads `{n}`, `{n,}` (no `most`) or `{n,m}`; nil when there is no such thing here.
    private func counts() -> (least: Int, most: Int?, end: Int)? {
        guard let (least, afterLeast) = integer(at: position + 1) else { return nil }
        switch peek(at: afterLeast) {
        case "}": return (least, least, afterLeast + 1)
        case "," where peek(at: afterLeast + 1) == "}": return (least, nil, afterLeast + 2)
        case ",":
            guard let (most, end) = integer(at: afterLeast + 1), peek(at: end) == "}" else { return nil }
            return (least, most, end + 1)
        default: return nil
        }
    }

    /// Reads digits without leading zeros; what is too long for a count reads as the largest number.
    private func integer(at start: Int) -> (value: Int, end: Int)? {
        var end = start
        while let scalar = peek(at: end), ("0"..."9").contains(scalar) { end += 1 }
        if end == start || text[start] == "0" && end > start + 1 { return nil }
        let isTooLong = end - start > 8
        return (isTooLong ? .max : text[start..<end].reduce(0) { $0 * 10 + Int($1.value - 48) }, end)
    }

    private mutating func repeatAtom(_ atom: Atom, _ least: Int, _ most: Int?) throws(RegexError) {
        let body = Array(frame.sequence[atom.start...])
        let copies = max(least, most ?? least)
        try checkSize(adding: (body.count + 1) * copies + 2 - body.count)
        frame.sequence.removeSubrange(atom.start...)
        for _ in 0..<least { frame.sequence += body }
        if let most {
            for _ in least..<most {
                frame.sequence.append(.split(Int32(body.count + 1)))
                frame.sequence += body
            }
        } else if least == 0 {
            frame.sequence.append(.split(Int32(body.count + 2)))
            frame.sequence += body
            frame.sequence.append(.jump(Int32(-body.count - 1)))
        } else {
            // After the last copy: go on, or back to its beginning.
            frame.sequence.append(.split(Int32(-body.count)))
        }
    }

    // MARK: Characters

    private mutating func escape() throws(RegexError) {
        switch peek(1) {
        case "A": return try assertion(.beginText, length: 2)
        case "z": return try assertion(.endText, length: 2)
        case "b": return try assertion(.wordBoundary, length: 2)
        case "B": return try assertion(.noWordBoundary, length: 2)
        case "Q":
            position += 2
            while let scalar = peek() {
                if scalar == "\\", peek(1) == "E" {
                    position += 2
                    return
                }
                position += 1
                try append(literal: scalar)
            }
        default:
            if let set = try escapedClass() { try append(set) } else { try append(literal: escapedScalar()) }
        }
    }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? { peek(at: position + offset) }

    func peek(at index: Int) -> Unicode.Scalar? { text.indices.contains(index) ? text[index] : nil }
}
