import ReloaderCore
import Testing

@testable import Reloader

@Suite struct SubcommandTests {
    private func parse(_ arguments: [String], _ environment: [String: String] = [:]) throws -> CommandLineParser.Request
    {
        try CommandLineParser.parse(arguments, environment: environment)
    }

    private func error(_ arguments: String...) -> UsageError? {
        do throws(UsageError) {
            _ = try CommandLineParser.parse(arguments)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "kinds have the names that kubectl takes, joined or as two words, in any case",
        arguments: [
            (["deploy/web"], ExplainTarget.Kind.workload("Deployment")),
            (["deployment", "web"], .workload("Deployment")),
            (["deployments.apps/web"], .workload("Deployment")), (["Deployments.v1.apps/web"], .workload("Deployment")),
            (["sts/web"], .workload("StatefulSet")), (["ds/web"], .workload("DaemonSet")),
            (["cj/web"], .workload("CronJob")), (["job/web"], .workload("Job")),
            (["rollout/web"], .workload("Rollout")), (["dc/web"], .workload("DeploymentConfig")),
            (["cm/web"], .config(.configMap)), (["ConfigMap/web"], .config(.configMap)),
            (["secrets", "web"], .config(.secret)),
            (["spc/web"], .config(.secretProviderClass)),
        ] as [([String], ExplainTarget.Kind)])
    func kinds(_ words: [String], _ kind: ExplainTarget.Kind) throws {
        let target = try ExplainTarget(words: words)
        #expect(target.kind == kind)
        #expect(target.name == "web")
    }

    @Test(
        "options and flags may stand on either side of the subcommand",
        arguments: [
            ["explain", "deploy/web", "-n", "shop", "-o", "json", "--auto-reload-all"],
            ["--auto-reload-all", "-n=shop", "explain", "deploy", "web", "--output=json"],
            ["-nshop", "-ojson", "--auto-reload-all", "explain", "--", "deploy/web"],
            ["--namespace", "shop", "explain", "--output", "json", "deploy/web", "--auto-reload-all=true"],
        ])
    func options(_ arguments: [String]) throws {
        guard case .explain(let target, let options, let flags) = try parse(arguments) else {
            Issue.record("not explain")
            return
        }
        #expect(target.kind == .workload("Deployment") && target.name == "web")
        #expect(options == SubcommandOptions(namespace: "shop", output: .json))
        #expect(flags.autoReloadAll)
    }

    @Test("flags of an installation count, also by environment, and leader election needs no pod here")
    func flags() throws {
        guard
            case .check(let options, let flags) = try parse(
                ["check", "--enable-ha", "--context=prod"], ["RELOADER_NAMESPACES": "a,b"])
        else {
            Issue.record("not check")
            return
        }
        #expect(options == SubcommandOptions())
        #expect(flags.enableHA && flags.namespaces == ["a", "b"] && flags.context == "prod")
    }

    @Test("run is the same as no word, and other words are ignored as ever")
    func run() throws {
        var flags = ReloaderFlags()
        flags.logLevel = "debug"
        for arguments in [["run", "--log-level=debug"], ["--log-level=debug", "whatever"], ["--log-level=debug"]] {
            #expect(try parse(arguments) == .run(flags))
        }
    }

    @Test("help comes whole or for one subcommand")
    func help() throws {
        #expect(try parse(["help"]) == .help(nil))
        #expect(try parse(["help", "check"]) == .help(.check))
        #expect(try parse(["explain", "--help"]) == .help(.explain))
        #expect(try parse(["version"]) == .version)
        #expect(try parse(["version", "--help"]) == .help(nil))
        for subcommand in [Subcommand.explain, .check] {
            let text = HelpText.help(of: subcommand)
            #expect(text.contains("Exit codes:") && text.contains("Examples:") && text.contains("-o, --output"))
            for line in text.split(separator: "\n") { #expect(line.count <= 100 && line.last != " ") }
            #expect(HelpText.full.contains(subcommand.synopsis))
        }
    }

    @Test("errors of a subcommand have its usage and a status of their own")
    func errors() {
        let cases: [(UsageError?, String, Int32)] = [
            (error("explain"), "explain needs to know what", 2),
            (error("explain", "web"), "explain takes one kind and one name", 2),
            (error("explain", "deploy/web", "x"), "explain takes one kind and one name", 2),
            (error("explain", "pod/web"), #"explain knows no kind "pod""#, 2),
            (error("explain", "deploy/web", "-o", "yaml"), "it must be one of: table, json", 2),
            (error("explain", "deploy/web", "-n"), "flag needs an argument: 'n' in -n", 2),
            (error("explain", "deploy/web", "--bogus"), "unknown flag: --bogus", 2),
            (error("check", "all"), "check takes no argument", 2),
            (error("-n", "shop"), "unknown shorthand flag: 'n' in -n", 1),
            (error("run", "--output=json"), "unknown flag: --output", 1),
        ]
        for (error, message, code) in cases {
            #expect(error?.message.contains(message) == true)
            #expect(error?.exitCode == code)
        }
        #expect(error("explain")?.text.contains("Usage:\n  Reloader explain <kind>/<name>") == true)
        // A slip must not start a controller.
        #expect(error("explian", "deploy/web")?.suggestion == "explain")
    }
}
