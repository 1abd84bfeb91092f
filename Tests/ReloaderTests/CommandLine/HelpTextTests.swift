import Testing

@testable import Reloader

@Suite struct HelpTextTests {
    @Test("no line is wider than 100 columns or ends with a space", arguments: [HelpText.full, HelpText.usage])
    func width(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(line.count <= 100)
            #expect(line.last != " ")
        }
    }

    @Test(
        "every flag is explained under its group with its default, and named in the usage",
        arguments: Flag.table.map(\.name))
    func everyFlag(_ name: String) throws {
        let flag = try #require(Flag.table.first { $0.name == name })
        #expect(HelpText.full.contains("\n  \(flag.synopsis)\n"))
        let words = HelpText.full.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(flag.help))
        if let text = flag.defaultText { #expect(words.contains("\(flag.help) Default: \(text).")) }
        #expect(HelpText.usage.contains("[--\(name)"))
    }

    @Test("the table has each of the reference's 29 flags and ours, each name once")
    func table() {
        let names = Flag.table.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count == 29 + 11)
    }

    @Test(
        "the default in the help is the default of the flag",
        arguments: Flag.table.filter { $0.defaultText != nil && !["namespaces", "log-format"].contains($0.name) }.map(
            \.name))
    func defaultsAgree(_ name: String) throws {
        let flag = try #require(Flag.table.first { $0.name == name })
        var flags = ReloaderFlags()
        try flag.set(#require(flag.defaultText), in: &flags)
        #expect(flags == ReloaderFlags())
    }

    @Test("a usage error begins with the error, then the suggestion, then the usage")
    func usageError() {
        let text = UsageError("unknown flag: --log", suggestion: "--log-level").text
        #expect(
            text.hasPrefix(
                "Error: unknown flag: --log\nDid you mean --log-level?\n\nUsage:\n  Reloader [--namespaces=<list>]"))
        #expect(text.hasSuffix("Reloader --help explains them all.\n"))
    }

    @Test("examples, environment and exit codes are part of the help")
    func sections() {
        #expect(HelpText.full.contains("\nEnvironment:\n  RELOADER_<FLAG>\n"))
        #expect(HelpText.full.contains("\nExamples:\n  Reloader\n"))
        #expect(HelpText.full.contains("\nExit codes:\n  0  "))
    }
}

@Suite struct StartUpNoticesTests {
    @Test("defaults and usual flags need no notice")
    func silence() {
        var flags = ReloaderFlags()
        #expect(flags.startUpNotices.isEmpty)
        flags.autoReloadAll = true
        flags.namespaces = ["a"]
        #expect(flags.startUpNotices.isEmpty)
    }

    @Test("profiles are explained, once, and only to those who asked for them")
    func profiles() {
        var flags = ReloaderFlags()
        flags.pprofAddress = ":7070"
        #expect(flags.startUpNotices.isEmpty)
        flags.enablePprof = true
        #expect(flags.startUpNotices.count == 1)
        #expect(flags.startUpNotices.first?.hasPrefix("--enable-pprof has no effect: profiles in Go's format") == true)
        #expect(flags.startUpNotices.first?.contains("/metrics") == true)
    }

    @Test(
        "a switch whose text is neither true nor false says that it is off",
        arguments: ["True", "1", "", "--enable-ha"])
    func halfSwitch(_ text: String) {
        var flags = ReloaderFlags()
        flags.reloadOnCreate = text
        #expect(
            flags.startUpNotices.last
                == "--reload-on-create is off: its value is \(goQuoted(text)), and only \"true\" turns it on.")
    }

    @Test("a comma too many starts as it did with v1.4.21, and is pointed out")
    func emptyItem() throws {
        guard case .run(let flags) = try CommandLineParser.parse(["--namespaces-to-ignore=a,"]) else { return }
        #expect(flags.namespacesToIgnore == ["a", ""])
        #expect(flags.startUpNotices.count == 1)
        #expect(flags.startUpNotices.first?.hasPrefix("--namespaces-to-ignore has an empty item") == true)
    }

    @Test("sync-after-restart says that it needs reload-on-create")
    func syncAlone() {
        var flags = ReloaderFlags()
        flags.syncAfterRestart = true
        #expect(flags.startUpNotices == ["--sync-after-restart has no effect without --reload-on-create=true."])
        flags.reloadOnCreate = "true"
        #expect(flags.startUpNotices.isEmpty)
    }

    @Test("a namespace with a space in it is pointed out")
    func space() {
        var flags = ReloaderFlags()
        flags.namespaces = ["a", " b"]
        #expect(flags.startUpNotices.count == 1)
        #expect(flags.startUpNotices.first?.hasPrefix("--namespaces has the item \" b\"") == true)
    }
}
