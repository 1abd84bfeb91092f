/// One row of the flag table: what a flag is called, where its value goes, and what the help says about it.
struct Flag: Sendable {
    /// The type of a flag's value, and where it is kept.
    enum Value: Sendable {
        case bool(any WritableKeyPath<ReloaderFlags, Bool> & Sendable)
        case string(any WritableKeyPath<ReloaderFlags, String> & Sendable)
        case list(any WritableKeyPath<ReloaderFlags, [String]> & Sendable)
        case duration(any WritableKeyPath<ReloaderFlags, Duration> & Sendable)
        case address(any WritableKeyPath<ReloaderFlags, ListenAddress> & Sendable)
    }

    /// The headings of the help, in order.
    enum Group: String, CaseIterable, Sendable {
        case watching = "What is watched"
        case selecting = "Which workloads are reloaded"
        case reloading = "How and when they are reloaded"
        case keys = "Annotation keys"
        case logging = "Logging"
        case cluster = "The cluster"
        case process = "Process"
    }

    var name: String
    var value: Value
    var group: Group
    /// Stands for the value in the help, such as `level`.
    var placeholder: String
    /// What the flag does, in one or two sentences.
    var help: String
    /// The default as a command line would say it, without the name; nil when the flag is off or empty.
    var defaultText: String?
    /// Why the flag, which existing installations may have, does nothing, and what to use instead; nil for all others.
    var replacement: String?

    init(
        _ name: String, _ value: Value, _ group: Group, _ placeholder: String, _ help: String,
        default defaultText: String? = nil, replacement: String? = nil
    ) {
        self.name = name
        self.value = value
        self.group = group
        self.placeholder = placeholder
        self.help = help
        self.defaultText = defaultText
        self.replacement = replacement
    }

    /// A Boolean, which has neither placeholder nor a default worth mentioning.
    init(
        _ name: String, _ value: Value, _ group: Group, _ help: String, replacement: String? = nil
    ) {
        self.init(name, value, group, "", help, replacement: replacement)
    }

    /// The environment variable that says the same, such as `RELOADER_LOG_LEVEL`; spellings of one flag share it.
    var environmentVariable: String { Self.environmentVariable(of: name) }

    /// The environment variable of the flag with this name.
    static func environmentVariable(of name: String) -> String {
        "RELOADER_\(String(name.uppercased().map { $0 == "-" ? "_" : $0 }))"
    }

    /// Whether the name alone means true, so that a value must be joined with `=`.
    var isBool: Bool { if case .bool = value { true } else { false } }

    /// The flag as the help spells it: `--log-level <level>`.
    var synopsis: String { placeholder.isEmpty ? "--\(name)" : "--\(name) <\(placeholder)>" }

    /// Reads `text` and stores it; a list is appended to.
    func set(_ text: String, in flags: inout ReloaderFlags) throws(FlagValueError) {
        switch value {
        case .bool(let path): flags[keyPath: path] = try goBool(text)
        case .string(let path): flags[keyPath: path] = text
        case .list(let path): flags[keyPath: path] += try csvRecord(text)
        case .duration(let path):
            let duration = try goDuration(text)
            guard duration >= .zero else { throw FlagValueError("a negative duration makes no sense here") }
            flags[keyPath: path] = duration
        case .address(let path): flags[keyPath: path] = try ListenAddress(parsing: text)
        }
    }

    /// Whether the value differs from the default.
    func isSet(in flags: ReloaderFlags) -> Bool {
        let defaults = ReloaderFlags()
        return switch value {
        case .bool(let path): flags[keyPath: path] != defaults[keyPath: path]
        case .string(let path): flags[keyPath: path] != defaults[keyPath: path]
        case .list(let path): flags[keyPath: path] != defaults[keyPath: path]
        case .duration(let path): flags[keyPath: path] != defaults[keyPath: path]
        case .address(let path): flags[keyPath: path] != defaults[keyPath: path]
        }
    }
}
