import ReloaderCore
import Testing

@testable import Reloader

private func flags(
    _ arguments: String..., environment: [String: String] = [:]
) throws -> ReloaderFlags {
    guard case .run(let flags) = try CommandLineParser.parse(arguments, environment: environment) else {
        Issue.record("asks for something else than running")
        return ReloaderFlags()
    }
    return flags
}

private func changed(_ change: (inout ReloaderFlags) -> Void) -> ReloaderFlags {
    var flags = ReloaderFlags()
    change(&flags)
    return flags
}

@Suite struct CommandLineParserTests {
    @Test("no arguments give the reference's defaults")
    func defaults() throws {
        let flags = try flags()
        #expect(flags == ReloaderFlags())
        #expect(flags.reloadDelay == .milliseconds(300))
        #expect(flags.reloadMaxDelay == .seconds(5))
        #expect(flags.listenAddress.description == ":9090")
        #expect(flags.strategy == .envVars)
        #expect(flags.ignoredConfigKind == nil)
        #expect(!flags.processesArgoRollouts && !flags.reloadsOnCreate && !flags.reloadsOnDelete)
    }

    /// Each flag of the reference with a value, and what it must change.
    static let eachFlag: [([String], ReloaderFlags)] = [
        (["--auto-reload-all"], changed { $0.autoReloadAll = true }),
        (["--configmap-annotation=a/b"], changed { $0.configMapAnnotation = "a/b" }),
        (["--secret-annotation=a/b"], changed { $0.secretAnnotation = "a/b" }),
        (["--auto-annotation=a/b"], changed { $0.autoAnnotation = "a/b" }),
        (["--configmap-auto-annotation=a/b"], changed { $0.configMapAutoAnnotation = "a/b" }),
        (["--secret-auto-annotation=a/b"], changed { $0.secretAutoAnnotation = "a/b" }),
        (["--ignore-annotation=a/b"], changed { $0.ignoreAnnotation = "a/b" }),
        (["--auto-search-annotation=a/b"], changed { $0.searchAnnotation = "a/b" }),
        (["--search-match-annotation=a/b"], changed { $0.matchAnnotation = "a/b" }),
        (["--pause-deployment-annotation=a/b"], changed { $0.pauseAnnotation = "a/b" }),
        (["--pause-deployment-time-annotation=a/b"], changed { $0.pausedAtAnnotation = "a/b" }),
        (["--log-format=json"], changed { $0.logFormat = "json" }),
        (["--log-level=DEBUG"], changed { $0.logLevel = "DEBUG" }),
        (["--webhook-url=http://x/?a=b"], changed { $0.webhookURL = "http://x/?a=b" }),
        (["--resources-to-ignore=ConfigMaps"], changed { $0.resourcesToIgnore = ["ConfigMaps"] }),
        (["--ignored-workload-types=jobs,cronjobs"], changed { $0.ignoredWorkloadTypes = ["jobs", "cronjobs"] }),
        (["--namespaces=a,b"], changed { $0.namespaces = ["a", "b"] }),
        (["--namespaces-to-ignore=a,b"], changed { $0.namespacesToIgnore = ["a", "b"] }),
        (["--namespace-selector=env=prod"], changed { $0.namespaceSelector = ["env=prod"] }),
        (["--resource-label-selector=env in (a,b)"], changed { $0.resourceLabelSelector = ["env in (a", "b)"] }),
        (["--is-Argo-Rollouts=true"], changed { $0.isArgoRollouts = "true" }),
        (["--is-argo-rollouts=true"], changed { $0.isArgoRollouts = "true" }),
        (["--cronjob-policy=template"], changed { $0.cronJobPolicy = "template" }),
        (["--job-policy", "ignore"], changed { $0.jobPolicy = "ignore" }),
        (["--ledger=off"], changed { $0.ledger = "off" }),
        (["--ledger=my.ledger-2"], changed { $0.ledger = "my.ledger-2" }),
        (["--reload-strategy=annotations"], changed { $0.reloadStrategy = "annotations" }),
        (["--reload-on-create=true"], changed { $0.reloadOnCreate = "true" }),
        (["--reload-on-delete=true"], changed { $0.reloadOnDelete = "true" }),
        (["--sync-after-restart"], changed { $0.syncAfterRestart = true }),
        (["--enable-pprof"], changed { $0.enablePprof = true }),
        (["--pprof-addr=:7070"], changed { $0.pprofAddress = ":7070" }),
        (["--enable-csi-integration"], changed { $0.enableCSIIntegration = true }),
        (["--reload-delay=1m30s"], changed { $0.reloadDelay = .seconds(90) }),
        (["--reload-max-delay=0"], changed { $0.reloadMaxDelay = .zero }),
        (["--listen-address=[::1]:80"], changed { $0.listenAddress = ListenAddress(host: "::1", port: 80) }),
    ]

    @Test("a flag changes its own field and nothing else", arguments: eachFlag)
    func oneFlag(_ arguments: [String], _ expected: ReloaderFlags) throws {
        #expect(try CommandLineParser.parse(arguments) == .run(expected))
    }

    /// The grammar: ways to write the same.
    static let grammar: [([String], ReloaderFlags)] = [
        (["--log-level", "debug"], changed { $0.logLevel = "debug" }),
        (["--log-level="], changed { $0.logLevel = "" }),
        (["--log-level", ""], changed { $0.logLevel = "" }),
        (["--log-level=a", "--log-level=b"], changed { $0.logLevel = "b" }),
        (["--namespaces", "a,b"], changed { $0.namespaces = ["a", "b"] }),
        (["--namespaces=a", "--namespaces=b,c"], changed { $0.namespaces = ["a", "b", "c"] }),
        (["--namespaces="], ReloaderFlags()),
        (["--namespaces=a, b"], changed { $0.namespaces = ["a", " b"] }),
        (["--namespace-selector=\"a in (x,y)\",b"], changed { $0.namespaceSelector = ["a in (x,y)", "b"] }),
        (["--namespace-selector=\"a in (x,y),b=c\""], changed { $0.namespaceSelector = ["a in (x,y),b=c"] }),
        (["--auto-reload-all=true"], changed { $0.autoReloadAll = true }),
        (["--auto-reload-all=T"], changed { $0.autoReloadAll = true }),
        (["--auto-reload-all=1"], changed { $0.autoReloadAll = true }),
        (["--auto-reload-all", "--auto-reload-all=false"], ReloaderFlags()),
        // A bare Boolean takes no value: the word after it is positional, and ignored.
        (["--auto-reload-all", "false"], changed { $0.autoReloadAll = true }),
        // A text takes whatever follows, even if it looks like a flag.
        (["--reload-on-create", "--auto-reload-all"], changed { $0.reloadOnCreate = "--auto-reload-all" }),
        (["serve", "--log-level=debug", "-", ""], changed { $0.logLevel = "debug" }),
        (["--", "--log-level=debug", "--nonsense"], ReloaderFlags()),
        (["--reload-on-create=True"], changed { $0.reloadOnCreate = "True" }),
        (["-h=false"], ReloaderFlags()),
        (["--help=false", "--version=false"], ReloaderFlags()),
        (["--reload-delay", "1.5s"], changed { $0.reloadDelay = .milliseconds(1500) }),
    ]

    @Test("arguments are read by pflag's grammar", arguments: grammar)
    func pflagGrammar(_ arguments: [String], _ expected: ReloaderFlags) throws {
        #expect(try CommandLineParser.parse(arguments) == .run(expected))
    }

    static let failures: [([String], String)] = [
        (["--x"], "unknown flag: --x"),
        (["--x=1"], "unknown flag: --x"),
        (["--Log-Level=debug"], "unknown flag: --Log-Level"),
        (["--log_level=debug"], "unknown flag: --log_level"),
        (["---log-level"], "bad flag syntax: ---log-level"),
        (["--=a"], "bad flag syntax: --=a"),
        (["--log-level"], "flag needs an argument: --log-level"),
        (["--namespaces"], "flag needs an argument: --namespaces"),
        (["-x"], "unknown shorthand flag: 'x' in -x"),
        (["-hx"], "unknown shorthand flag: 'x' in -x"),
        (["-log-level=debug"], "unknown shorthand flag: 'l' in -log-level=debug"),
        (
            ["--auto-reload-all=yes"],
            #"invalid argument "yes" for "--auto-reload-all" flag: strconv.ParseBool: parsing "yes": invalid syntax"#
        ),
        (
            ["--auto-reload-all="],
            #"invalid argument "" for "--auto-reload-all" flag: strconv.ParseBool: parsing "": invalid syntax"#
        ),
        (
            ["--help=maybe"],
            #"invalid argument "maybe" for "-h, --help" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#
        ),
        (
            ["--namespaces=a\"b"],
            #"invalid argument "a\"b" for "--namespaces" flag: parse error on line 1, column 2: bare " in non-quoted field"#
        ),
        (
            ["--namespaces=\"a\"b"],
            #"invalid argument "\"a\"b" for "--namespaces" flag: "#
                + #"parse error on line 1, column 3: extraneous or missing " in quoted-field"#
        ),
        (["--reload-delay=5"], #"invalid argument "5" for "--reload-delay" flag: time: missing unit in duration "5""#),
        (
            ["--reload-delay=-1s"],
            #"invalid argument "-1s" for "--reload-delay" flag: a negative duration makes no sense here"#
        ),
        (["--listen-address=9090"], #"invalid argument "9090" for "--listen-address" flag: missing port in address"#),
        (["--cronjob-policy=Run"], "cronjob-policy must be one of: run, template, ignore"),
        (["--job-policy=template"], "job-policy must be one of: recreate, ignore"),
        (["--reload-strategy=foo"], "reload-strategy must be one of: env-vars, annotations"),
        (["--reload-strategy="], "reload-strategy must be one of: env-vars, annotations"),
        (["--enable-ha"], "POD_NAME not set, cannot run in HA mode without POD_NAME set"),
        (
            ["--resources-to-ignore=pods"],
            "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not 'pods'"
        ),
        (
            ["--resources-to-ignore=configmaps,secrets"],
            "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not both"
        ),
        (
            ["--resources-to-ignore=secrets", "--resources-to-ignore=Secrets"],
            "'resources-to-ignore' only accepts 'configmaps' or 'secrets', not both"
        ),
        (
            ["--ignored-workload-types=Jobs"],
            "'ignored-workload-types' accepts 'jobs', 'cronjobs', or both, not 'Jobs'"
        ),
        (["--namespaces=a,,b"], "'namespaces' has an empty item; leave the flag out to watch all namespaces"),
        // Grammar comes before help, and help before meaning.
        (["--help", "--x"], "unknown flag: --x"),
    ]

    @Test("what cannot be followed is refused in the reference's words", arguments: failures)
    func refusal(_ arguments: [String], _ message: String) {
        #expect {
            try CommandLineParser.parse(arguments)
        } throws: {
            ($0 as? UsageError)?.description == "Error: \(message)"
        }
    }

    @Test("high availability needs the pod's name, then its namespace")
    func highAvailability() throws {
        #expect {
            try flags("--enable-ha", environment: ["POD_NAME": "a", "POD_NAMESPACE": ""])
        } throws: {
            ($0 as? UsageError)?.message == "POD_NAMESPACE not set, cannot run in HA mode without POD_NAMESPACE set"
        }
        #expect(try flags("--enable-ha", environment: ["POD_NAME": "a", "POD_NAMESPACE": "b"]).enableHA)
    }

    @Test("help and version come before meaning, help before version", arguments: [["--help"], ["-h"], ["-hh"]])
    func help(_ spelling: [String]) throws {
        #expect(try CommandLineParser.parse(spelling + ["--reload-strategy=x", "--version"]) == .help(nil))
        #expect(try CommandLineParser.parse(["--version", "--reload-strategy=x"]) == .version)
    }

    @Test(
        "an unknown flag suggests the nearest one",
        arguments: [
            ("--log_level=debug", "--log-level"), ("--Auto-Reload-All", "--auto-reload-all"),
            ("--reload-stategy=annotations", "--reload-strategy"), ("--namespace=a", "--namespaces"),
            ("-log-format=json", "--log-format"), ("--hepl", "--help"),
            ("--is-argo-rollout=true", "--is-Argo-Rollouts"),
        ])
    func suggestion(_ argument: String, _ expected: String) {
        #expect {
            try CommandLineParser.parse([argument])
        } throws: {
            ($0 as? UsageError)?.suggestion == expected
        }
    }

    @Test("a name that resembles nothing gets no suggestion", arguments: ["--x", "--verbosity=a", "--replicas=2"])
    func noSuggestion(_ argument: String) {
        #expect {
            try CommandLineParser.parse([argument])
        } throws: {
            ($0 as? UsageError)?.suggestion == nil
        }
    }
}
