package import KubeClient

/// A field selector of a request: `metadata.name=a,type!=Opaque`.
///
/// Source: the fields package of apimachinery. Which fields there are is the kind's business
/// (``ResourceKind/selectableFields``).
package struct FieldSelector: Hashable, Sendable {
    /// One comparison.
    package struct Requirement: Hashable, Sendable {
        package var field: String
        package var value: String
        package var isEqual: Bool
    }

    /// The comparisons; all must hold.
    package let requirements: [Requirement]

    /// Parses the value of `fieldSelector`; empty text selects everything.
    ///
    /// Throws 400 for what does not parse, and for a field that `kind` cannot select by.
    package init(parsing text: String, for kind: ResourceKind) throws(APIFailure) {
        var requirements: [Requirement] = []
        for term in Self.terms(text) where !term.isEmpty {
            guard let (field, sign, value) = Self.split(term) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(term)'")
            }
            requirements.append(
                Requirement(field: field, value: try Self.unescaped(value, text), isEqual: sign != "!="))
        }
        for requirement in requirements where kind.selectableFields[requirement.field] == nil {
            throw .badRequest(kind.unknownFieldMessage(requirement.field))
        }
        self.requirements = requirements
    }

    /// Whether every comparison holds for the object.
    package func matches(_ object: JSONValue, _ kind: ResourceKind) -> Bool {
        requirements.allSatisfy { (kind.value(of: $0.field, in: object) == $0.value) == $0.isEqual }
    }

    private static func terms(_ text: String) -> [String] {
        var terms = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                terms.append("")
            } else {
                terms[terms.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return terms
    }

    private static func split(_ term: String) -> (field: String, sign: String, value: String)? {
        for index in term.indices {
            for sign in ["!=", "==", "="] where term[index...].hasPrefix(sign) {
                return (String(term[..<index]), sign, String(term[index...].dropFirst(sign.count)))
            }
        }
        return nil
    }

    private static func unescaped(_ value: String, _ text: String) throws(APIFailure) -> String {
        var result = ""
        var isEscaped = false
        for character in value {
            switch character {
            case "\\" where !isEscaped: isEscaped = true
            case "\\", ",", "=":
                guard isEscaped else {
                    throw .badRequest(
                        "invalid field selector: unescaped character in value: \(goQuoted(String(character)))")
                }
                result.append(character)
                isEscaped = false
            default:
                guard !isEscaped else {
                    throw .badRequest("invalid field selector: invalid escape sequence: \\\(character)")
                }
                result.append(character)
            }
        }
        guard !isEscaped else { throw .badRequest("invalid field selector: invalid escape sequence: \\") }
        return result
    }
}
