/// Why a text is not a label selector; nil when it is one.
///
/// The server refuses it otherwise, again and again, once the program runs. Source: the labels of Kubernetes' API concepts.
func labelSelectorFault(_ text: String) -> String? {
    for term in selectorTerms(text) {
        if let fault = termFault(term) { return "\(fault) in \(goQuoted(term))" }
    }
    return nil
}

private func termFault(_ term: String) -> String? {
    let term = term.trimmed
    guard !term.isEmpty else { return "nothing between two commas, or at an end," }
    if term.hasPrefix("!") { return keyFault(term.dropFirst().trimmed) }
    guard let split = term.firstIndex(where: { " \t=!<>(".contains($0) }) else { return keyFault(term) }
    if let fault = keyFault(term[..<split].trimmed) { return fault }
    let rest = term[split...].trimmed
    for word in ["in", "notin"] where rest.hasPrefix(word) {
        let values = rest.dropFirst(word.count).trimmed
        guard values.hasPrefix("(") else { continue }
        guard values.hasSuffix(")") else { return "no ) for the (" }
        return values.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
            .lazy.compactMap { valueFault($0.trimmed) }.first
    }
    for sign in ["==", "!=", "="] where rest.hasPrefix(sign) { return valueFault(rest.dropFirst(sign.count).trimmed) }
    for sign in [">", "<"] where rest.hasPrefix(sign) {
        let bound = rest.dropFirst().trimmed
        // The server wants a label's value, too, so that a sign is refused.
        return Int64(bound) == nil || valueFault(bound) != nil ? "no whole number after \(sign) (without + or -)" : nil
    }
    return "no operator (=, ==, !=, in (…), notin (…), >, <) after the key"
}

private func keyFault(_ key: String) -> String? {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    let isName = parts.last.map { !$0.isEmpty && isLabelText($0) } ?? false
    guard isName, parts.count < 3 else { return "\(goQuoted(key)) is no label key" }
    guard parts.count == 2 else { return nil }
    let isPrefix =
        parts[0].utf8.count <= 253
        && parts[0].split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy {
                        isAlphanumeric($0) && !(0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    return isPrefix ? nil : "\(goQuoted(key)) is no label key: what is before / must be a domain in lower case"
}

private func valueFault(_ value: String) -> String? {
    isLabelText(value) ? nil : "\(goQuoted(value)) is no label value"
}

/// At most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; or nothing.
private func isLabelText(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return true }
    return bytes.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
        && bytes.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}

extension StringProtocol {
    /// Without spaces and tabs at its ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
