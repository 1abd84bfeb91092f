/// Reads the items of a selector flag as v1.4.21 does: as a label selector with two old conveniences.
///
/// `key:value` means `key=value`, where the value ends at a second colon; a value of exactly `*` means that the label
/// exists. Only the first key of an item is looked at; items are joined by commas, so that set-based terms which the
/// list's commas have torn apart are whole again.
package func labelSelector(ofItems items: [String]) -> String? {
    items.isEmpty ? nil : items.map(modernizedSelectorItem).joined(separator: ",")
}

/// One item of a selector flag in today's syntax.
func modernizedSelectorItem(_ item: String) -> String {
    let colonParts = item.split(separator: ":", omittingEmptySubsequences: false)
    var item = item
    if colonParts.count > 1 { item = "\(colonParts[0])=\(colonParts[1])" }
    let parts = item.split(separator: "=", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[1] == "*" ? String(parts[0]) : item
}
