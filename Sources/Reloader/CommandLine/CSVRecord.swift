/// Reads the first record of a comma separated text as Go's `encoding/csv` does, which is how pflag reads lists.
///
/// Spaces are kept, quoted fields may hold commas, line ends and doubled quotes. The empty text is the empty list; text
/// after the first line is ignored; a quote in the wrong place is an error that names its line and column in bytes.
func csvRecord(_ text: String) throws(FlagValueError) -> [String] {
    guard !text.isEmpty else { return [] }
    var reader = CSVReader(text)
    return try reader.record()
}

private struct CSVReader {
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let newline = UInt8(ascii: "\n")

    private var lines: ArraySlice<[UInt8]>
    private var lineNumber = 0
    private var line: ArraySlice<UInt8> = []
    private var column = 1

    init(_ text: String) {
        var lines: [[UInt8]] = []
        var current: [UInt8] = []
        for byte in text.utf8 {
            if byte == Self.newline, current.last == UInt8(ascii: "\r") { current.removeLast() }
            current.append(byte)
            if byte == Self.newline {
                lines.append(current)
                current = []
            }
        }
        // Go drops a carriage return at the very end, too.
        if current.last == UInt8(ascii: "\r") { current.removeLast() }
        if !current.isEmpty { lines.append(current) }
        self.lines = lines[...]
    }

    private mutating func nextLine() -> Bool {
        guard let next = lines.popFirst() else { return false }
        line = next[...]
        lineNumber += 1
        column = 1
        return true
    }

    mutating func record() throws(FlagValueError) -> [String] {
        repeat {
            guard nextLine() else { throw FlagValueError("EOF") }
        } while line.first == Self.newline
        let start = lineNumber
        var fields: [String] = []
        while true {
            let (field, isLast) =
                line.first == Self.quote ? try quotedField(recordStart: start) : try plainField(recordStart: start)
            fields.append(field)
            if isLast { return fields }
        }
    }

    private mutating func plainField(recordStart: Int) throws(FlagValueError) -> (String, isLast: Bool) {
        let end = line.firstIndex(of: Self.comma)
        let field = line[..<(end ?? (line.last == Self.newline ? line.endIndex - 1 : line.endIndex))]
        if let stray = field.firstIndex(of: Self.quote) {
            throw failure("bare \" in non-quoted field", recordStart, column: column + stray - line.startIndex)
        }
        if let end { advance(end + 1 - line.startIndex) }
        return (String(decoding: field, as: UTF8.self), end == nil)
    }

    private mutating func quotedField(recordStart: Int) throws(FlagValueError) -> (String, isLast: Bool) {
        var field: [UInt8] = []
        advance(1)
        while true {
            guard let end = line.firstIndex(of: Self.quote) else {
                field += line
                let (lastLine, lastColumn) = (lineNumber, column + line.count)
                guard nextLine() else {
                    lineNumber = lastLine
                    throw failure("extraneous or missing \" in quoted-field", recordStart, column: lastColumn)
                }
                continue
            }
            field += line[..<end]
            advance(end + 1 - line.startIndex)
            switch line.first {
            case Self.quote:
                field.append(Self.quote)
                advance(1)
            case Self.comma:
                advance(1)
                return (String(decoding: field, as: UTF8.self), false)
            case nil, Self.newline: return (String(decoding: field, as: UTF8.self), true)
            default: throw failure("extraneous or missing \" in quoted-field", recordStart, column: column - 1)
            }
        }
    }

    private mutating func advance(_ count: Int) {
        line = line.dropFirst(count)
        column += count
    }

    private func failure(_ reason: String, _ recordStart: Int, column: Int) -> FlagValueError {
        let place = "parse error on line \(lineNumber), column \(column): \(reason)"
        return FlagValueError(recordStart == lineNumber ? place : "record on line \(recordStart); \(place)")
    }
}
