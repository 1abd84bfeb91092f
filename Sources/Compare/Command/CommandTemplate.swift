/// A command line with placeholders: `KEY=value … program argument …`, in words as a shell would split them.
struct CommandTemplate: Sendable {
    /// What a placeholder such as `{port}` stands for.
    enum Placeholder: String, CaseIterable {
        case kubeconfig, namespace, port
    }

    /// Why a template cannot be used.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// A command that can be started.
    struct Command: Equatable, Sendable {
        var environment: [String: String] = [:]
        var program: String
        var arguments: [String] = []
    }

    private var assignments: [(name: String, value: String)] = []
    private var words: [String]

    init(_ text: String) throws(Problem) {
        words = try Self.words(of: text)
        while let word = words.first, let (name, value) = Self.assignment(word) {
            assignments.append((name, value))
            words.removeFirst()
        }
        guard !words.isEmpty else { throw Problem(description: "the command is empty") }
        for word in words + assignments.map(\.value) { _ = try Self.filled(word) { _ in "" } }
    }

    /// The command with values in the place of the placeholders.
    func command(_ value: (Placeholder) -> String) throws(Problem) -> Command {
        var command = Command(program: try Self.filled(words[0], value))
        for word in words.dropFirst() { command.arguments.append(try Self.filled(word, value)) }
        for (name, text) in assignments { command.environment[name] = try Self.filled(text, value) }
        return command
    }

    private static func assignment(_ word: String) -> (String, String)? {
        guard let end = word.firstIndex(of: "="), end > word.startIndex else { return nil }
        let name = word[..<end]
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
            name.first?.isNumber == false
        else { return nil }
        return (String(name), String(word[word.index(after: end)...]))
    }

    private static func filled(_ word: String, _ value: (Placeholder) -> String) throws(Problem) -> String {
        var (result, rest) = ("", word[...])
        while let start = rest.firstIndex(of: "{") {
            guard let end = rest[start...].firstIndex(of: "}") else { break }
            let name = String(rest[rest.index(after: start)..<end])
            guard let placeholder = Placeholder(rawValue: name) else {
                let known = Placeholder.allCases.map { "{\($0)}" }.joined(separator: ", ")
                throw Problem(description: "there is no placeholder {\(name)}; there are \(known)")
            }
            result += rest[..<start] + value(placeholder)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func words(of text: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\" where quote != "'":
                guard let next = rest.popFirst() else { throw Problem(description: "a backslash ends the command") }
                word = (word ?? "") + String(next)
            case quote: quote = nil
            case "'" where quote == nil, "\"" where quote == nil:
                quote = character
                word = word ?? ""
            case _ where quote == nil && character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Problem(description: "a \(quote) is not closed") }
        return words + (word.map { [$0] } ?? [])
    }
}
