import ReloaderCore

/// Why the text given for a flag is not a value of its type, in Go's words where Go has some.
package struct FlagValueError: Error, Hashable, Sendable {
    /// The reason, without the flag's name and text.
    package var reason: String
    /// Creates an error.
    package init(_ reason: String) { self.reason = reason }
}

/// Reads a Boolean as `strconv.ParseBool` does: `1 t T TRUE true True` and their opposites, nothing else.
func goBool(_ text: String) throws(FlagValueError) -> Bool {
    if let value = GoBool.parse(text) { return value }
    throw FlagValueError("strconv.ParseBool: parsing \(goQuoted(text)): invalid syntax")
}

/// Reads a duration as `time.ParseDuration` does, and says in its words what is wrong with one that it refuses.
func goDuration(_ text: String) throws(FlagValueError) -> Duration {
    if let duration = GoDuration.parse(text) { return duration }
    func isNumeric(_ character: Character) -> Bool { character == "." || ("0"..."9").contains(character) }
    var rest = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    while !rest.isEmpty {
        let number = rest.prefix(while: isNumeric)
        guard number.contains(where: { $0 != "." }) else { break }
        rest = rest[number.endIndex...]
        let unit = rest.prefix { !isNumeric($0) }
        rest = rest[unit.endIndex...]
        guard !unit.isEmpty else { throw FlagValueError("time: missing unit in duration \(goQuoted(text))") }
        guard GoDuration.parse("1\(unit)") != nil else {
            throw FlagValueError("time: unknown unit \(goQuoted(String(unit))) in duration \(goQuoted(text))")
        }
    }
    throw FlagValueError("time: invalid duration \(goQuoted(text))")
}
