/// Reads the items of a selector flag as v1.4.21 means them: as a label selector with two old conveniences.
///
/// `key:value` means `key=value`, where the value ends at a second colon; a value of exactly `*` means that the label
/// exists. Items are joined by commas, so that set-based terms which the list's commas have torn apart are whole again.
/// v1.4.21 looks at the first term of an item only, so that the item `"env=prod,team=*"`, which its chart makes, keeps it
/// from starting.
package func labelSelector(ofItems items: [String]) -> String? {
    items.isEmpty ? nil : items.map(modernizedSelectorItem).joined(separator: ",")
}

/// One item of a selector flag, which may hold several terms, in today's syntax.
func modernizedSelectorItem(_ item: String) -> String {
    selectorTerms(item).map(modernizedTerm).joined(separator: ",")
}

/// The terms of a selector: its parts between commas that are not in parentheses.
func selectorTerms(_ text: String) -> [String] {
    var terms = [""]
    var depth = 0
    for character in text {
        switch character {
        case "(": depth += 1
        // One that opens nothing closes what an earlier item of the list has opened.
        case ")": depth = max(0, depth - 1)
        default: break
        }
        if character == ",", depth == 0 {
            terms.append("")
        } else {
            terms[terms.count - 1].append(character)
        }
    }
    return terms
}

private func modernizedTerm(_ term: String) -> String {
    let colonParts = term.split(separator: ":", omittingEmptySubsequences: false)
    var term = term
    if colonParts.count > 1 { term = "\(colonParts[0])=\(colonParts[1])" }
    let parts = term.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == "*" else { return term }
    // `key!=*` can only mean that the label is not there.
    return parts[0].hasSuffix("!") ? "!\(parts[0].dropLast())" : String(parts[0])
}
