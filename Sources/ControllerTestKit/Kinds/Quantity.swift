/// A resource amount such as `500m` or `64Mi`, reduced to the text that the server prints.
///
/// Only the common reductions are made: `1000m` becomes `1`, `0.5` becomes `500m`, `1024Mi` becomes `1Gi`; exponents are
/// kept as they are. Source: `resource.Quantity` of apimachinery.
package struct Quantity: Hashable, Sendable {
    /// The canonical text.
    package var text: String

    static let failureMessage =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

    /// Reads an amount; nil for text that is none.
    package init?(_ source: String) {
        let number = source.prefix { $0 == "+" || $0 == "-" || $0 == "." || ($0.isASCII && $0.isNumber) }
        let suffix = String(source.dropFirst(number.count))
        let digits = number.drop { $0 == "+" || $0 == "-" }
        guard number.count - digits.count <= 1, digits.contains(where: \.isNumber),
            !digits.contains(where: { $0 == "+" || $0 == "-" }), digits.count(where: { $0 == "." }) <= 1
        else { return nil }
        let isNegative = number.first == "-"
        if let unit = Self.binary.firstIndex(of: suffix) {
            guard var amount = Int64(digits) else {
                text = source
                return
            }
            var index = unit
            while amount != 0, amount % 1024 == 0, index + 1 < Self.binary.count {
                amount /= 1024
                index += 1
            }
            text = (isNegative ? "-" : "") + String(amount) + (amount == 0 ? "" : Self.binary[index])
        } else if let unit = Self.decimal.firstIndex(of: suffix) {
            guard let reduced = Self.reduce(digits, unit: unit) else {
                text = source
                return
            }
            text = (isNegative && reduced != "0" ? "-" : "") + reduced
        } else if let first = suffix.first, first == "e" || first == "E", Int(suffix.dropFirst()) != nil {
            text = source
        } else {
            return nil
        }
    }

    private static let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
    private static let decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]

    /// Removes the fraction by smaller units, then takes the largest unit that leaves a whole number.
    private static func reduce(_ digits: Substring, unit: Int) -> String? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1].reversed().drop { $0 == "0" }.reversed()) : ""
        var index = unit - (fraction.count + 2) / 3
        guard index >= 0 else { return nil }
        let padding = String(repeating: "0", count: (unit - index) * 3 - fraction.count)
        guard var amount = Int64("0" + String(parts[0]) + fraction + padding) else { return nil }
        while amount != 0, amount % 1000 == 0, index + 1 < decimal.count {
            amount /= 1000
            index += 1
        }
        return amount == 0 ? "0" : String(amount) + decimal[index]
    }
}
