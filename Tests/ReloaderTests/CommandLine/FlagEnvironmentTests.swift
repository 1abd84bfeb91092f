import Testing

@testable import Reloader

@Suite struct FlagEnvironmentTests {
    private func flags(_ arguments: [String], _ environment: [String: String]) throws -> ReloaderFlags {
        guard case .run(let flags) = try CommandLineParser.parse(arguments, environment: environment) else {
            Issue.record("asks for something else than running")
            return ReloaderFlags()
        }
        return flags
    }

    private func error(_ arguments: [String], _ environment: [String: String]) -> String? {
        do throws(UsageError) {
            _ = try CommandLineParser.parse(arguments, environment: environment)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("every flag can be given by its variable, with the same effect", arguments: Flag.table.map(\.name))
    func eachFlag(_ name: String) throws {
        let flag = try #require(Flag.table.first { $0.name == name })
        let value =
            switch flag.value {
            case .bool: "true"
            case .duration: "7s"
            case .address: "127.0.0.1:1"
            case .list:
                ["resources-to-ignore": "secrets", "ignored-workload-types": "jobs,cronjobs"][name] ?? #"a,"b,c""#
            case .string:
                [
                    "reload-strategy": "annotations", "cronjob-policy": "template", "job-policy": "ignore",
                    "webhook-url": "https://example.com/hook",
                ][name] ?? "x"
            }
        let pod = ["POD_NAME": "a", "POD_NAMESPACE": "b"]
        var given = try flags([], pod.merging([flag.environmentVariable: value]) { $1 })
        #expect(given.environmentVariables == [flag.environmentVariable])
        #expect(flag.isSet(in: given))
        given.environmentVariables = []
        var byArgument = ReloaderFlags()
        try flag.set(value, in: &byArgument)
        #expect(given == byArgument)
    }

    @Test("the command line goes first, then the environment, then the default")
    func precedence() throws {
        let variables = [
            "RELOADER_LOG_LEVEL": "debug", "RELOADER_NAMESPACES": "a,b", "RELOADER_AUTO_RELOAD_ALL": "true",
        ]
        let both = try flags(["--log-level=error", "--namespaces=c", "--auto-reload-all=false"], variables)
        #expect(both.logLevel == "error")
        #expect(both.namespaces == ["c"])
        #expect(!both.autoReloadAll)
        #expect(both.environmentVariables.isEmpty)
        let alone = try flags([], variables)
        #expect(alone.logLevel == "debug" && alone.namespaces == ["a", "b"] && alone.autoReloadAll)
        #expect(alone.logFormat.isEmpty)
    }

    @Test("both spellings of a flag share a variable, and either beats it")
    func spellings() throws {
        let variable = ["RELOADER_IS_ARGO_ROLLOUTS": "true"]
        #expect(try flags([], variable).processesArgoRollouts)
        for name in ["is-Argo-Rollouts", "is-argo-rollouts"] {
            #expect(try !flags(["--\(name)=false"], variable).processesArgoRollouts)
        }
    }

    @Test("an empty variable says nothing, and neither do Reloader's own variables and those of Kubernetes")
    func silence() throws {
        let others = [
            "RELOADER_LOG_LEVEL": "", "RELOADER_ENABLE_HA": "", "RELOADER_NAMESPACE": "own",
            "RELOADER_DEPLOYMENT_NAME": "reloader", "RELOADER_PORT": "tcp://10.0.0.1:9090",
            "RELOADER_SERVICE_HOST": "10.0.0.1", "RELOADER_PORT_9090_TCP": "tcp://10.0.0.1:9090", "LOG_LEVEL": "debug",
        ]
        #expect(try flags([], others) == ReloaderFlags())
        #expect(EnvironmentNotices.warnings(others).isEmpty)
    }

    @Test(
        "a variable that was probably meant for a flag is pointed out",
        arguments: [
            ("RELOADER_LOGLEVEL", "RELOADER_LOG_LEVEL"),
            ("RELOADER_IGNORE_WORKLOAD_TYPES", "RELOADER_IGNORED_WORKLOAD_TYPES"),
            ("RELOADER_RELOAD_STATEGY", "RELOADER_RELOAD_STRATEGY"),
        ])
    func nearMiss(_ name: String, _ meant: String) {
        #expect(
            EnvironmentNotices.warnings([name: "x"])
                == ["\(name) is no variable of Reloader's and has no effect; was \(meant) meant?"])
    }

    @Test(
        "a bad value names its variable",
        arguments: [
            ("AUTO_RELOAD_ALL", "yes", #"strconv.ParseBool: parsing "yes": invalid syntax"#),
            ("RELOAD_DELAY", "5", #"time: missing unit in duration "5""#),
            ("LISTEN_ADDRESS", "nowhere", "missing port in address"),
            ("NAMESPACES", #"a"b"#, #"parse error on line 1, column 2: bare " in non-quoted field"#),
        ])
    func badValue(_ name: String, _ value: String, _ reason: String) {
        #expect(
            error([], ["RELOADER_\(name)": value])
                == "Error: invalid value \(goQuoted(value)) of environment variable RELOADER_\(name): \(reason)")
    }

    @Test(
        "a value that makes no sense names its variable, too",
        arguments: [
            ("reload-strategy", "both", "reload-strategy must be one of: env-vars, annotations"),
            ("cronjob-policy", "x", "cronjob-policy must be one of: run, template, ignore"),
            ("job-policy", "x", "job-policy must be one of: recreate, ignore"),
            ("resources-to-ignore", "x", "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not 'x'"),
            ("ignored-workload-types", "x", "'ignored-workload-types' accepts 'jobs', 'cronjobs', or both, not 'x'"),
            ("webhook-url", "x", "'webhook-url' must be an http or https URL"),
            ("namespaces", "a,", "'namespaces' has an empty item; leave the flag out to watch all namespaces"),
        ])
    func badMeaning(_ name: String, _ value: String, _ message: String) {
        let variable = Flag.environmentVariable(of: name)
        #expect(error([], [variable: value]) == "Error: \(message) (\(variable) in the environment)")
        #expect(error(["--\(name)=\(value)"], [:]) == "Error: \(message)")
    }

    @Test("a bad variable is no matter to help, nor to a command line that overrules it")
    func overruled() throws {
        let bad = ["RELOADER_RELOAD_DELAY": "5"]
        #expect(try CommandLineParser.parse(["--help"], environment: bad) == .help(nil))
        #expect(try flags(["--reload-delay=1s"], bad).reloadDelay == .seconds(1))
    }

    @Test("notices name the variable that a value came from")
    func notices() throws {
        let flags = try flags([], ["RELOADER_RELOAD_ON_CREATE": "1", "RELOADER_ENABLE_PPROF": "true"])
        #expect(flags.startUpNotices.contains { $0.hasPrefix("RELOADER_RELOAD_ON_CREATE is off: its value is \"1\"") })
        #expect(flags.startUpNotices.contains { $0.hasPrefix("RELOADER_ENABLE_PPROF has no effect") })
    }
}
