/// Why the command line cannot be followed.
///
/// The process prints ``text`` on stderr and exits with status ``exitCode``.
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as the reference words it where it words it.
    package var message: String
    /// What was probably meant, such as `--log-level`; nil when nothing is near.
    package var suggestion: String?
    /// Whose usage to print.
    package var subcommand: Subcommand

    init(_ message: String, suggestion: String? = nil, subcommand: Subcommand = .run) {
        self.message = message
        self.suggestion = suggestion
        self.subcommand = subcommand
    }

    /// 1 for running, as with v1.4.21; 2 for the other subcommands, whose 1 is an answer.
    package var exitCode: Int32 { subcommand.usageExitCode }

    /// `Error: ` and the message.
    package var description: String { "Error: \(message)" }

    /// Message, suggestion and usage, each line ended.
    package var text: String {
        let hint = suggestion.map { "Did you mean \($0)?\n" } ?? ""
        return "\(description)\n\(hint)\(HelpText.usage(of: subcommand))"
    }
}
