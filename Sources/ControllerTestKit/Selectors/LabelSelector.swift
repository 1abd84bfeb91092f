/// A label selector of a request: `app=web,tier in (a,b),!legacy,n>5`.
///
/// Source: the labels package of apimachinery; its parser and its words for what does not parse.
package struct LabelSelector: Hashable, Sendable {
    enum Requirement: Hashable, Sendable {
        case exists(String)
        case absent(String)
        case isIn(String, Set<String>)
        case notIn(String, Set<String>)
        case greater(String, Int64)
        case less(String, Int64)

        func matches(_ labels: [String: String]) -> Bool {
            switch self {
            case .exists(let key): labels[key] != nil
            case .absent(let key): labels[key] == nil
            case .isIn(let key, let values): labels[key].map(values.contains) ?? false
            case .notIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
            case .greater(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 > bound } ?? false
            case .less(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 < bound } ?? false
            }
        }
    }

    private let requirements: [Requirement]

    /// Parses the value of `labelSelector`; empty text selects everything.
    ///
    /// Throws 400 with the parser's message.
    package init(parsing text: String) throws(APIFailure) {
        var parser = LabelSelectorParser(text)
        requirements = try parser.parse()
    }

    /// Whether every requirement holds.
    package func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.matches(labels) } }

    /// Whether everything is selected.
    package var isEmpty: Bool { requirements.isEmpty }
}
