import ReloaderCore

/// Reads the process's arguments by the grammar of Go's pflag, which existing installations are written for.
///
/// Long flags only, names compare with case. `--flag=value` always works; `--flag value` for everything but Booleans;
/// a bare Boolean is true. `--` ends the flags. The first other argument may be a ``Subcommand``; without one, other
/// arguments are accepted and ignored. What the command line leaves open, the environment may say
/// (``Flag/environmentVariable``). Pure.
package enum CommandLineParser {
    /// What the arguments ask for.
    package enum Request: Hashable, Sendable {
        /// Run the controller.
        case run(ReloaderFlags)
        /// Say what reloads something, or what it reloads.
        case explain(ExplainTarget, SubcommandOptions, ReloaderFlags)
        /// Say which permissions are missing.
        case check(SubcommandOptions, ReloaderFlags)
        /// Print ``HelpText/full``, or the help of a subcommand, on stdout and exit with status 0.
        case help(Subcommand?)
        /// Print the version on stdout and exit with status 0.
        case version
    }

    /// Reads `arguments`, without the program's name, then `environment`, where `--enable-ha` looks for the pod's name, too.
    package static func parse(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws(UsageError) -> Request {
        let word = firstWord(arguments)
        let subcommand = word.flatMap(Subcommand.init)
        do throws(UsageError) {
            return try parse(arguments, subcommand, word, environment)
        } catch {
            var error = error
            error.subcommand = subcommand ?? .run
            throw error
        }
    }

    private static func parse(
        _ arguments: [String], _ subcommand: Subcommand?, _ word: String?, _ environment: [String: String]
    ) throws(UsageError) -> Request {
        var state = ParserState(arguments: arguments[...], hasOptions: subcommand?.hasOptions ?? false)
        while try state.readArgument() {}
        let words = state.words.dropFirst()
        if word == "help" { return .help(words.first.flatMap(Subcommand.init)) }
        if state.wantsHelp { return .help(subcommand) }
        if state.wantsVersion || word == "version" { return .version }
        if subcommand == nil, let word,
            let meant = Suggestion.nearest(to: word, among: Subcommand.allCases.map(\.rawValue))
        {
            // Any other word is ignored, as it always was; but a slip must not start a controller.
            throw UsageError("unknown subcommand: \(word)", suggestion: meant)
        }
        try state.readEnvironment(environment)
        try validate(state.flags, subcommand, environment)
        switch subcommand {
        case nil, .run: return .run(state.flags)
        case .check:
            if let word = words.first { throw UsageError("check takes no argument, such as \(goQuoted(word))") }
            return .check(state.options, state.flags)
        case .explain:
            do throws(FlagValueError) {
                return .explain(try ExplainTarget(words: Array(words)), state.options, state.flags)
            } catch {
                throw UsageError(error.reason)
            }
        }
    }

    /// The first argument that is no flag and no flag's value.
    private static func firstWord(_ arguments: [String]) -> String? {
        var state = ParserState(arguments: arguments[...], hasOptions: true)
        while state.words.isEmpty, (try? state.readArgument()) == true {}
        return state.words.first
    }

    private static func validate(
        _ flags: ReloaderFlags, _ subcommand: Subcommand?, _ environment: [String: String]
    ) throws(UsageError) {
        /// A message in the reference's words, which name the flag; a variable is named besides.
        func refusal(_ name: String, _ message: String) -> UsageError {
            let spelling = flags.spelling(of: name)
            return UsageError(spelling.hasPrefix("--") ? message : "\(message) (\(spelling) in the environment)")
        }
        guard ReloadStrategy(rawValue: flags.reloadStrategy) != nil else {
            throw refusal("reload-strategy", "reload-strategy must be one of: env-vars, annotations")
        }
        guard CronJobPolicy(rawValue: flags.cronJobPolicy) != nil else {
            throw refusal("cronjob-policy", "cronjob-policy must be one of: run, template, ignore")
        }
        guard JobPolicy(rawValue: flags.jobPolicy) != nil else {
            throw refusal("job-policy", "job-policy must be one of: recreate, ignore")
        }
        // Who only asks has no part in the election.
        if flags.enableHA, subcommand == nil || subcommand == .run {
            for name in ["POD_NAME", "POD_NAMESPACE"] where environment[name, default: ""].isEmpty {
                throw UsageError("\(name) not set, cannot run in HA mode without \(name) set")
            }
        }
        for kind in flags.resourcesToIgnore where ReloaderFlags.ConfigKind(rawValue: kind.lowercased()) == nil {
            throw refusal(
                "resources-to-ignore",
                "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not '\(kind)'")
        }
        guard flags.resourcesToIgnore.count <= 1 else {
            throw refusal(
                "resources-to-ignore", "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not both")
        }
        for type in flags.ignoredWorkloadTypes where type != "jobs" && type != "cronjobs" {
            throw refusal(
                "ignored-workload-types",
                "'ignored-workload-types' accepts 'jobs', 'cronjobs', or both, not '\(type)'")
        }
        guard flags.webhookURL.isEmpty || WebhookOptions(url: flags.webhookURL) != nil else {
            // Its text stays out of this: most such URLs hold a token.
            throw refusal("webhook-url", "'webhook-url' must be an http or https URL")
        }
        guard flags.ledgerName == nil || isConfigMapName(flags.ledger) else {
            throw UsageError("'ledger' must be auto, off, or a name that a ConfigMap may have, not '\(flags.ledger)'")
        }
        // In a scope the selector of namespaces means nothing, and v1.4.21 does not look at it.
        let isScoped = !flags.watchedNamespaces(environment: environment).isEmpty
        for (name, items) in [
            ("namespace-selector", isScoped ? [] : flags.namespaceSelector),
            ("resource-label-selector", flags.resourceLabelSelector),
        ] {
            guard let fault = labelSelector(ofItems: items).flatMap(labelSelectorFault) else { continue }
            throw UsageError("'\(name)' is not a label selector: \(fault)")
        }
        // An empty name would mean every namespace to the API server: the opposite of what a scope is for.
        guard !flags.namespaces.contains("") else {
            throw refusal(
                "namespaces", "'namespaces' has an empty item; leave the flag out to watch all namespaces")
        }
    }
}

/// Whether a ConfigMap may have the name, with room for a number behind it.
private func isConfigMapName(_ name: String) -> Bool {
    let isMadeOfParts = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        let isWord = part.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        return isWord && !part.isEmpty && part.first != "-" && part.last != "-"
    }
    return isMadeOfParts && name.utf8.count <= 240
}

private struct ParserState {
    var arguments: ArraySlice<String>
    /// Whether there are the options of subcommands.
    let hasOptions: Bool
    var flags = ReloaderFlags()
    var options = SubcommandOptions()
    /// The arguments that are neither flags nor values of flags.
    var words: [String] = []
    /// The variables of the flags that were given; one that the command line decides is not even read.
    var given: Set<String> = []
    var wantsHelp = false
    var wantsVersion = false

    init(arguments: ArraySlice<String>, hasOptions: Bool) {
        self.arguments = arguments
        self.hasOptions = hasOptions
    }

    mutating func readArgument() throws(UsageError) -> Bool {
        guard let argument = arguments.popFirst() else { return false }
        // "", "-" and words are positional.
        guard argument.utf8.count > 1, argument.utf8.first == UInt8(ascii: "-") else {
            words.append(argument)
            return true
        }
        if argument == "--" {
            words += arguments
            return false
        }
        if argument.hasPrefix("--") {
            try readLong(argument)
        } else {
            try readShort(argument)
        }
        return true
    }

    private mutating func readLong(_ argument: String) throws(UsageError) {
        let text = argument.dropFirst(2)
        guard let first = text.first, first != "-", first != "=" else {
            throw UsageError("bad flag syntax: \(argument)")
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, joined) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
        switch name {
        case "help": wantsHelp = try readSwitch(joined, "-h, --help")
        case "version": wantsVersion = try readSwitch(joined, "--version")
        case _ where hasOptions && SubcommandOptions.contains(name):
            guard let value = joined ?? arguments.popFirst() else {
                throw UsageError("flag needs an argument: --\(name)")
            }
            try setOption(name, value, "--\(name)")
        default:
            guard let flag = Flag.table.first(where: { $0.name == name }) else {
                throw UsageError("unknown flag: --\(name)", suggestion: Suggestion.nearest(to: name))
            }
            guard let value = joined ?? (flag.isBool ? "true" : arguments.popFirst()) else {
                throw UsageError("flag needs an argument: --\(name)")
            }
            given.insert(flag.environmentVariable)
            do throws(FlagValueError) {
                try flag.set(value, in: &flags)
            } catch {
                throw Self.invalid(value, "--\(name)", error)
            }
        }
    }

    /// Takes what the command line leaves open from the environment; an empty variable says nothing.
    mutating func readEnvironment(_ environment: [String: String]) throws(UsageError) {
        for flag in Flag.table where given.insert(flag.environmentVariable).inserted {
            guard let text = environment[flag.environmentVariable], !text.isEmpty else { continue }
            do throws(FlagValueError) {
                try flag.set(text, in: &flags)
            } catch {
                throw UsageError(
                    "invalid value \(goQuoted(text)) of environment variable \(flag.environmentVariable): \(error.reason)"
                )
            }
            flags.environmentVariables.append(flag.environmentVariable)
        }
        flags.environmentVariables.sort()
    }

    private mutating func setOption(_ name: String, _ value: String, _ spelling: String) throws(UsageError) {
        do throws(FlagValueError) {
            try options.set(name, value)
        } catch {
            throw Self.invalid(value, spelling, error)
        }
    }

    /// Reads `-n` and `-o` of subcommands, whose value may be joined.
    private mutating func readOption(_ letter: Unicode.Scalar, _ rest: String) throws(UsageError) {
        let name = letter == "n" ? "namespace" : "output"
        let joined = rest.hasPrefix("=") ? String(rest.dropFirst()) : rest
        guard let value = joined.isEmpty ? arguments.popFirst() : joined else {
            throw UsageError("flag needs an argument: \(goQuoted(letter)) in -\(String(letter))")
        }
        try setOption(name, value, "-\(letter), --\(name)")
    }

    /// Reads `-h`, the only short flag besides those of subcommands; letters may be joined, and the last may have a value.
    private mutating func readShort(_ argument: String) throws(UsageError) {
        var letters = argument.unicodeScalars.dropFirst()
        while let letter = letters.first {
            if hasOptions, letter == "n" || letter == "o" {
                return try readOption(letter, String(letters.dropFirst()))
            }
            guard letter == "h" else {
                let name = argument.dropFirst().prefix { $0 != "=" }
                throw UsageError(
                    "unknown shorthand flag: \(goQuoted(letter)) in -\(String(letters))",
                    suggestion: Suggestion.nearest(to: String(name)))
            }
            letters.removeFirst()
            if letters.first == "=", letters.count > 1 {
                wantsHelp = try readSwitch(String(letters.dropFirst()), "-h, --help")
                return
            }
            wantsHelp = true
        }
    }

    private func readSwitch(_ text: String?, _ name: String) throws(UsageError) -> Bool {
        guard let text else { return true }
        do throws(FlagValueError) { return try goBool(text) } catch { throw Self.invalid(text, name, error) }
    }

    private static func invalid(_ text: String, _ name: String, _ error: FlagValueError) -> UsageError {
        UsageError("invalid argument \(goQuoted(text)) for \(goQuoted(name)) flag: \(error.reason)")
    }
}
