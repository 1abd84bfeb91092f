import Testing

@testable import Compare

/// The command lines of users.
@Suite struct CommandTemplateTests {
    private func command(_ text: String) throws -> CommandTemplate.Command {
        try CommandTemplate(text).command { "<\($0)>" }
    }

    @Test(
        "words are split as by a shell",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("a 'b c' d", ["a", "b c", "d"]), (#"a "b 'c'" "#, ["a", "b 'c'"]),
            (#"a b\ c"#, ["a", "b c"]), ("a ''", ["a", ""]), ("a --b='c d'", ["a", "--b=c d"]),
            (#"a '\'"#, ["a", #"\"#]), (#"a "\"" "#, ["a", "\""]),
        ])
    func words(text: String, words: [String]) throws {
        let command = try command(text)
        #expect([command.program] + command.arguments == words)
    }

    @Test func `placeholders are filled, also in the environment`() throws {
        let command = try command("A=1 B_2={namespace} run {kubeconfig} --listen=:{port} {port}{port} X=y")
        #expect(command.environment == ["A": "1", "B_2": "<namespace>"])
        #expect(command.program == "run")
        #expect(command.arguments == ["<kubeconfig>", "--listen=:<port>", "<port><port>", "X=y"])
    }

    @Test(
        "what cannot be followed is refused before anything runs",
        arguments: [
            ("", "the command is empty"), ("A=1", "the command is empty"), ("a 'b", "a ' is not closed"),
            ("a {prot}", "there is no placeholder {prot}; there are {kubeconfig}, {namespace}, {port}"),
            (#"a \"#, "a backslash ends the command"),
        ])
    func problems(text: String, message: String) {
        let error = #expect(throws: CommandTemplate.Problem.self) { try CommandTemplate(text) }
        #expect(error?.description == message)
    }

    @Test(
        "options are checked",
        arguments: [
            ([], "OTHER= names the program to compare with"), (["--other", "a", "--rounds", "0"], "a number from 1"),
            (["--other"], "--other needs a value"), (["--other", "a", "--what"], "unknown option --what"),
            (["--other", "a '"], "OTHER: a ' is not closed"),
        ])
    func options(arguments: [String], message: String) {
        let error = #expect(throws: CompareOptions.UsageError.self) { try CompareOptions(arguments) }
        #expect(error?.description.contains(message) == true)
    }
}
