/// Why a text is not a regular expression, in the words of Go's `regexp` package, which people may search for.
package struct RegexError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Problem: String, Sendable {
        case invalidCharacterRange = "invalid character class range"
        case invalidEscape = "invalid escape sequence"
        case invalidNamedCapture = "invalid named capture"
        case invalidPerlOperator = "invalid or unsupported Perl syntax"
        case invalidRepeatOperator = "invalid nested repetition operator"
        case invalidRepeatSize = "invalid repeat count"
        case missingBracket = "missing closing ]"
        case missingParenthesis = "missing closing )"
        case missingRepeatArgument = "missing argument to repetition operator"
        case trailingBackslash = "trailing backslash at end of expression"
        case unexpectedParenthesis = "unexpected )"
        case nestingDepth = "expression nests too deeply"
        case tooLarge = "expression too large"
    }

    /// What is wrong.
    package let problem: Problem
    /// The part of the expression that is wrong.
    package let expression: String

    init(_ problem: Problem, _ expression: some Sequence<Unicode.Scalar>) {
        self.problem = problem
        self.expression = String(String.UnicodeScalarView(expression))
    }

    /// Such as "error parsing regexp: missing closing ]: `[a`".
    package var description: String { "error parsing regexp: \(problem.rawValue): `\(expression)`" }
}
