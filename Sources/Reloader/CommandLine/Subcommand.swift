/// A first word on the command line that asks for something else than running.
package enum Subcommand: String, CaseIterable, Sendable {
    /// Run the controller, as without a word.
    case run
    /// Say what a workload or a config is reloaded by, and what not.
    case explain
    /// Say which permissions are missing.
    case check

    /// Whether it has options of its own, `-n` and `-o`.
    var hasOptions: Bool { self != .run }

    /// The process's exit status after a usage error: v1.4.21's for running, else one that means nothing else.
    var usageExitCode: Int32 { self == .run ? 1 : 2 }

    /// What it does, in one sentence.
    var summary: String {
        switch self {
        case .run: "Run the controller; the same as without a subcommand."
        case .explain: "Explain for a workload, ConfigMap or Secret what a change would reload, and why nothing else."
        case .check: "Say which permissions the account lacks for the flags given, and print the RBAC rules to add."
        }
    }

    /// The command line, without the program.
    var synopsis: String {
        switch self {
        case .run: "run [flags]"
        case .explain: "explain <kind>/<name> [-n <namespace>] [-o table|json] [flags]"
        case .check: "check [-n <namespace>] [-o table|json] [flags]"
        }
    }
}

/// How an answer is printed.
package enum OutputFormat: String, CaseIterable, Hashable, Sendable {
    /// Columns for people.
    case table
    /// One JSON document for programs, whose shape only grows.
    case json
}

/// The options that only subcommands have.
package struct SubcommandOptions: Hashable, Sendable {
    /// `-n`, `--namespace`; nil for the one of the kubeconfig's context.
    package var namespace: String?
    /// `-o`, `--output`.
    package var output = OutputFormat.table

    /// Whether a long flag of this name is one of them.
    static func contains(_ name: String) -> Bool { name == "namespace" || name == "output" }

    /// Takes the value of an option, by its long name.
    mutating func set(_ name: String, _ value: String) throws(FlagValueError) {
        if name == "namespace" {
            namespace = value.isEmpty ? nil : value
            return
        }
        guard let format = OutputFormat(rawValue: value) else {
            throw FlagValueError("it must be one of: table, json")
        }
        output = format
    }
}

extension Subcommand {
    /// What the help of a subcommand says.
    struct Details {
        var paragraphs: [String]
        /// What `-n` names.
        var namespace: String
        var examples: [(String, String)]
        var exitCodes: [(String, String)]

        var options: [(String, String)] {
            [
                ("-n, --namespace <namespace>", namespace),
                ("-o, --output <format>", "table for people, json for programs. Default: table."),
                ("--kubeconfig <path>, --context <name>", "Which cluster, as with kubectl."),
                ("-h, --help", "Print this text and exit."),
            ]
        }
    }

    /// The help's text; nil for running, which the main help is about.
    var details: Details? {
        switch self {
        case .run: nil
        case .explain:
            Details(
                paragraphs: [
                    "For a workload: which configs its pod template uses and where, which annotations decide, what a change "
                        + "of each config does, and what is known of reloads so far. For a ConfigMap or Secret the other "
                        + "way round: who is reloaded, who uses it and is not, and why. Kinds have the names that kubectl "
                        + "takes: deploy, sts, ds, cj, job, rollout, dc; cm, secret, spc. Nothing is written, and no value of a "
                        + "config is printed.",
                    "Give the flags that the installation runs with, on the command line or by environment: those that "
                        + "affect decisions count here, too.",
                ],
                namespace: "The namespace of the object; else the one of the kubeconfig's context, else default.",
                examples: [
                    ("Reloader explain deploy/web -n shop", "Why is this Deployment reloaded, or not?"),
                    (
                        "Reloader explain secret db -n shop --auto-reload-all",
                        "Two words, and a flag of the installation."
                    ),
                    ("Reloader explain cm/app-config -n shop -o json | jq '.workloads[].name'", "For programs."),
                ],
                exitCodes: [
                    ("0", "It was found and is explained."),
                    ("1", "It does not exist or cannot be read, or the cluster cannot be reached: stderr says which."),
                    ("2", "A bad flag or argument."),
                ])
        case .check:
            Details(
                paragraphs: [
                    "Asks the API server what this account may do, and compares that with what the flags given need: "
                        + "which configs and workloads in which namespaces, leader election, Events, the ConfigMaps in "
                        + "Reloader's own namespace. For what is missing it says what that costs, and prints the RBAC rules "
                        + "to add. Nothing is changed.",
                    "Run it as the account that Reloader runs as: in its pod, or with a kubeconfig that impersonates it "
                        + "(as: system:serviceaccount:NAMESPACE:NAME).",
                    "Each right is granted, LACKS (missing, and required), lacks (missing, and optional), not served (the "
                        + "server does not have the kind, so nothing is needed) or not known (the server could not be "
                        + "asked).",
                ],
                namespace:
                    "The namespace that Reloader runs in; else POD_NAMESPACE, else that of the pod or of the kubeconfig's "
                    + "context.",
                examples: [
                    (
                        "kubectl -n reloader exec deploy/reloader-reloader -- Reloader check",
                        "In the pod (with Kustomize: deploy/reloader), with its account and environment; add the flags that "
                            + "are in its args."
                    ),
                    ("Reloader check --namespaces=shop --enable-ha -n reloader", "Before a change of flags."),
                ],
                exitCodes: [
                    ("0", "Everything that is required is granted."),
                    ("1", "Something required is missing, or the server could not be asked."),
                    ("2", "A bad flag or argument."),
                ])
        }
    }
}
