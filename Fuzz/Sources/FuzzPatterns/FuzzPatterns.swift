import FuzzSupport
import Patterns

/// An annotation's value as a list of names and patterns, and as a duration.
///
/// The first line is the annotation, the second a name to match.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let text = String(validating: input(start, count), as: UTF8.self) else { return -1 }
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    checkList(lines[0], name: lines.count > 1 ? lines[1] : "web")
    checkDuration(lines[0])
    return 0
}

private func checkList(_ annotation: String, name: String) {
    let list = NamePatternList(annotation)
    for name in list.names { expect(list.match(name) == name, "the name \(name) does not match itself") }
    let match = list.match(name)
    if let match { expect(list.names.contains(match) || list.patterns.contains { $0.item == match }, "no such item") }
    for pattern in list.patterns.prefix(4) { checkPattern(pattern, name) }
    for item in list.invalid { expect(!item.problem.isEmpty, "refused without a reason") }
}

/// Laws that hold for every expression.
private func checkPattern(_ pattern: NamePattern, _ name: String) {
    // Plain text with dots is matched as such.
    if pattern.item.unicodeScalars.allSatisfy({ $0 == "." || $0 == "-" || ("a"..."z").contains($0) }) {
        let (item, scalars) = (Array(pattern.item.unicodeScalars), Array(name.unicodeScalars))
        let isSame =
            item.count == scalars.count && zip(item, scalars).allSatisfy { $0 == $1 || ($0 == "." && $1 != "\n") }
        expect(pattern.matches(name) == isSame, "\(pattern) and \(name)")
    }
    // What a group holds may close other groups, so only what is a pattern by itself is put into one.
    guard let group = try? NamePattern("(?:\(pattern.item))"), !pattern.item.contains(")") else { return }
    let matches = group.matches(name)
    if let once = try? NamePattern("(?:\(pattern.item)){1}") { expect(once.matches(name) == matches, "{1}") }
    if let maybe = try? NamePattern("(?:\(pattern.item))?") {
        expect(maybe.matches(""), "an option does not match nothing")
        if matches { expect(maybe.matches(name), "an option does not match what it may be") }
    }
    if let many = try? NamePattern("(?:\(pattern.item))+"), matches { expect(many.matches(name), "+") }
    if let either = try? NamePattern("(?:\(pattern.item)|z-other)") {
        expect(either.matches(name) == (matches || name == "z-other"), "an alternative changes the other")
    }
}

private func checkDuration(_ text: String) {
    let duration = GoDuration.parse(text)
    guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return }
    expect(GoDuration.parse("+\(text)") == duration, "a plus changes it")
    if let duration { expect(GoDuration.parse("-\(text)") == .zero - duration, "a minus does not turn it around") }
    guard text != "0", let longer = GoDuration.parse("1h\(text)") else { return }
    expect(duration.map { $0 + .seconds(3600) } == longer, "an hour more is not an hour more")
}
