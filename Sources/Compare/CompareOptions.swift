/// What the command line says.
struct CompareOptions: Sendable {
    /// What is wrong.
    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    static let defaultOurs = ".build/release/Reloader --listen-address=127.0.0.1:{port} --reload-delay=0"

    var ours: CommandTemplate
    var other: CommandTemplate
    var kubeconfig: String?
    var size = LoadSize()

    init(_ arguments: [String]) throws {
        var (ours, other) = (Self.defaultOurs, "")
        var rest = arguments[...]
        func value(_ name: String) throws(UsageError) -> String {
            guard let value = rest.popFirst(), !value.isEmpty else {
                throw UsageError(description: "\(name) needs a value")
            }
            return value
        }
        func count(_ name: String) throws(UsageError) -> Int {
            let text = try value(name)
            guard let number = Int(text), number > 0 else {
                throw UsageError(description: "\(name) needs a number from 1, not \(text)")
            }
            return number
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--ours": ours = try value(argument)
            case "--other": other = try value(argument)
            case "--kubeconfig": kubeconfig = try value(argument)
            case "--objects": size.unrelated = try count(argument)
            case "--workloads": size.fanOut = try count(argument)
            case "--changes":
                size.changes = try count(argument)
                size.unusedChanges = size.changes * 5
            case "--rounds": size.rounds = try count(argument)
            default: throw UsageError(description: "unknown option \(argument)")
            }
        }
        guard !other.isEmpty else { throw UsageError(description: "OTHER= names the program to compare with") }
        self.ours = try Self.template("OURS", ours)
        self.other = try Self.template("OTHER", other)
    }

    private static func template(_ name: String, _ text: String) throws(UsageError) -> CommandTemplate {
        do throws(CommandTemplate.Problem) {
            return try CommandTemplate(text)
        } catch {
            throw UsageError(description: "\(name): \(error)")
        }
    }
}
