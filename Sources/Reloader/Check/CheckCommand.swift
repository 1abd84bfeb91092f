import ControllerKit
import KubeClient
import ReloaderCore

/// `Reloader check`: asks what the account may do, and says what is missing for the flags given; changes nothing.
struct CheckCommand {
    let options: SubcommandOptions
    let flags: ReloaderFlags
    let environment: [String: String]

    /// Prints the report on stdout; returns the exit code.
    func run() async -> Int32 {
        do throws(KubeError) {
            let configuration = try KubeConfiguration(flags, environment: environment)
            let client = try KubeClient(configuration: configuration, logger: subcommandLogger())
            let (rules, knowsHome) = try rules(client, configuration)
            guard let report = try? await PermissionChecker(client).check(rules) else { return 1 }
            let answer = CheckReport(rules: rules, report: report, knowsHome: knowsHome)
            switch options.output {
            case .json: print(String(decoding: answer.document.bytes, as: UTF8.self))
            case .table:
                // A table of what is not known would only hide why.
                if answer.isEmpty, let failure = report.failure { throw failure }
                print(answer.text(.standardOutput(environment)), terminator: "")
            }
            return answer.isComplete ? 0 : 1
        } catch {
            writeToStandardError("Error: \(error)\n")
            return 1
        }
    }

    /// What the flags need, with the objects in Reloader's own namespace where that is known.
    private func rules(
        _ client: KubeClient, _ configuration: KubeConfiguration
    ) throws(KubeError) -> (rules: [PermissionRule], knowsHome: Bool) {
        var environment = environment
        let namespace = options.namespace ?? environment["POD_NAMESPACE"] ?? configuration.namespace ?? "default"
        if environment["RELOADER_NAMESPACE", default: ""].isEmpty, options.namespace != nil {
            environment["RELOADER_NAMESPACE"] = namespace
        }
        let asked = ReloaderOptions(flags, environment: environment, configuration)
        var rules = asked.permissions
        if flags.enableHA, !flags.dryRun {
            let lease = ObjectKey(namespace: namespace, name: Main.leaseName)
            rules += try LeaderElector(client, lease: lease, identity: "check", logger: subcommandLogger()).permissions
        }
        return (rules, asked.ledger != nil || asked.metaInfo != nil || flags.dryRun)
    }
}

/// What was asked for and what was found, for people and for programs.
struct CheckReport {
    let rules: [PermissionRule]
    let report: PermissionReport
    /// Whether Reloader's own namespace is known, so that what it keeps there was asked about.
    let knowsHome: Bool

    /// Whether everything that is required is known to be granted.
    var isComplete: Bool { report.missingRequired.isEmpty && report.unanswered.isEmpty }

    /// Whether nothing was answered.
    var isEmpty: Bool { rules.allSatisfy { report.unanswered.contains($0) || report.unserved.contains($0) } }

    /// A line for each rule, then what to add; each line ended.
    func text(_ style: TextStyle) -> String {
        var table = TextTable(titles: ["", "PERMISSION", "WHAT FOR"])
        table.rows = rules.map { rule in
            let (word, colour) = standing(of: rule)
            return [TextTable.Cell(word, colour), TextTable.Cell("\(rule)"), TextTable.Cell(rule.why)]
        }
        var lines = table.lines(style) + [""]
        if let failure = report.failure { lines += ["The server could not be asked about all: \(failure)", ""] }
        lines += report.remarks.map { "The server remarks: \($0)" }
        if report.missing.isEmpty {
            if report.isComplete { lines.append("Everything is granted.") }
        } else {
            let required = report.missingRequired.count
            lines.append(
                required == 0
                    ? "Everything that is required is granted. To have the rest as well, add these rules:"
                    : "Add these rules to the roles of the account:")
            lines.append(report.manifest)
        }
        if !knowsHome {
            lines.append(
                "Not asked about: the ledger and reloader-meta-info. -n says in which namespace Reloader runs.")
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined()
    }

    private func standing(of rule: PermissionRule) -> (String, TextStyle.Colour?) {
        if let missing = verbs(of: rule, in: report.missing) {
            return ("\(rule.isOptional ? "lacks" : "LACKS") \(missing)", .warning)
        }
        if report.unserved.contains(rule) { return ("not served", nil) }
        return verbs(of: rule, in: report.unanswered) == nil ? ("granted", .good) : ("not known", .warning)
    }

    private func verbs(of rule: PermissionRule, in found: [PermissionRule]) -> String? {
        found.first { other in
            var same = other
            same.verbs = rule.verbs
            return same == rule && other.verbs.allSatisfy(rule.verbs.contains)
        }?.verbs.joined(separator: ", ")
    }

    /// The report as JSON; its shape only grows.
    var document: JSONValue {
        [
            "kind": "PermissionReport", "version": 1, "complete": .bool(isComplete),
            "missing": .array(report.missing.map(entry)), "notServed": .array(report.unserved.map(entry)),
            "unknown": .array(report.unanswered.map(entry)),
            "ownNamespaceKnown": .bool(knowsHome), "error": report.failure.map { .string("\($0)") } ?? .null,
            "rules": .string(report.manifest),
        ]
    }

    private func entry(_ rule: PermissionRule) -> JSONValue {
        [
            "group": .string(rule.group), "resource": .string(rule.resourceName),
            "verbs": .array(rule.verbs.map { .string($0) }),
            "namespace": rule.namespace.map { .string($0) } ?? .null, "name": rule.name.map { .string($0) } ?? .null,
            "required": .bool(!rule.isOptional), "why": .string(rule.why),
        ]
    }
}
