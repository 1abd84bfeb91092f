/// What `--help` and usage errors print; no line is longer than 100 columns, every line is ended.
package enum HelpText {
    private static let width = 100

    /// The whole help.
    package static let full: String = {
        var lines = wrap(
            "Reloader restarts workloads when the ConfigMaps and Secrets that they use change. It watches a cluster, and "
                + "when the content of a config changes, it changes the pod templates of the workloads that opted in, "
                + "so that Kubernetes rolls out new pods.")
        lines += ["", "Usage:", "  Reloader [flags]", "  Reloader <subcommand> [flags]", "", "Subcommands:"]
        for subcommand in Subcommand.allCases {
            lines += ["  \(subcommand.synopsis)"] + wrap(subcommand.summary, indent: 8)
        }
        lines += ["  help [subcommand]"] + wrap("The same as --help.", indent: 8)
        lines += ["  version"] + wrap("The same as --version.", indent: 8) + [""]
        lines += wrap(
            "The cluster is the one of KUBECONFIG, else of ~/.kube/config, else the one that the pod runs in. A flag is "
                + "written --flag=value or --flag value. A Boolean alone means true and takes a value only with =, as in "
                + "--enable-ha=false; in --enable-ha false the word is ignored. A list is separated by commas and can be "
                + "given in several flags; a duration is written like 300ms, 5s or 1m30s."
        )
        lines.append("")
        lines += wrap(
            "Each flag can also be given by an environment variable: RELOADER_ and the flag in upper case with "
                + "underscores, such as RELOADER_LOG_LEVEL=debug. The command line wins over the environment, the "
                + "environment over the default.")
        for group in Flag.Group.allCases {
            lines += ["", "\(group.rawValue):"]
            for flag in Flag.table where flag.group == group { lines += describe(flag) }
            if group == .process {
                lines += ["  --version", "        Print the version and exit."]
                lines += ["  -h, --help", "        Print this text and exit."]
            }
        }
        lines += ["", "Environment:"]
        for (names, meaning) in environment { lines += ["  \(names)"] + wrap(meaning, indent: 8) }
        lines += ["", "Examples:"]
        for (command, meaning) in examples { lines += ["  \(command)"] + wrap(meaning, indent: 8) }
        lines += ["", "Exit codes:"]
        for (code, meaning) in exitCodes { lines += ["  \(code)  \(meaning)"] }
        return text(lines)
    }()

    /// The help of a subcommand.
    package static func help(of subcommand: Subcommand) -> String {
        guard let details = subcommand.details else { return full }
        var lines = wrap(subcommand.summary) + ["", "Usage:", "  Reloader \(subcommand.synopsis)", ""]
        for paragraph in details.paragraphs { lines += wrap(paragraph) + [""] }
        lines.append("Options:")
        for (option, meaning) in details.options { lines += ["  \(option)"] + wrap(meaning, indent: 8) }
        lines += ["", "Examples:"]
        for (command, meaning) in details.examples { lines += ["  \(command)"] + wrap(meaning, indent: 8) }
        lines += ["", "Exit codes:"]
        for (code, meaning) in details.exitCodes { lines += ["  \(code)  \(meaning)"] }
        return text(lines)
    }

    /// The usage that follows an error of a subcommand.
    static func usage(of subcommand: Subcommand) -> String {
        guard subcommand.details != nil else { return usage }
        return text(["", "Usage:", "  Reloader \(subcommand.synopsis)"])
            + "\nReloader \(subcommand.rawValue) --help explains it.\n"
    }

    /// The usage that follows an error: every flag's name and where to read more.
    static let usage: String = {
        let names = Flag.table.map { flag in flag.isBool ? "[--\(flag.name)]" : "[--\(flag.name)=<\(flag.placeholder)>]"
        }
        let items = names + ["[--version]", "[-h|--help]"]
        return text(["", "Usage:"] + wrap(items: ["Reloader"] + items, indent: 2, hanging: 11))
            + "\nReloader --help explains them all.\n"
    }()

    private static let environment = [
        ("RELOADER_<FLAG>", "Any flag above, such as RELOADER_RELOAD_STRATEGY=annotations; empty means not given."),
        ("KUBECONFIG", "Kubeconfig files, separated by colons."),
        ("KUBERNETES_NAMESPACE", "Without --namespaces: watch this namespace only."),
        ("POD_NAME, POD_NAMESPACE", "With --enable-ha: the name of this replica, and the namespace of the lease."),
        (
            "RELOADER_NAMESPACE, RELOADER_DEPLOYMENT_NAME",
            "Reloader's own namespace and Deployment. The ConfigMaps reloader-ledger and reloader-meta-info are written in "
                + "this namespace; without it there is no reloader-meta-info, and the ledger is in POD_NAMESPACE, else in "
                + "the namespace of the service account."
        ),
        (
            "ALERT_ON_RELOAD, ALERT_SINK, ALERT_WEBHOOK_URL, ALERT_WEBHOOK_PROXY, ALERT_ADDITIONAL_INFO",
            "With ALERT_ON_RELOAD=true each reload is announced to the URL, in the form of slack, teams, gchat or plain "
                + "text."
        ),
        ("METRICS_COUNT_BY_NAMESPACE", "enabled: also count reloads by namespace."),
        ("HTTPS_PROXY, NO_PROXY", "The proxy for the API server, and the hosts to reach without it."),
        (
            "SSL_CERT_FILE, SSL_CERT_DIR",
            "Certificate authorities instead of the system's, where the kubeconfig names none."
        ),
    ]

    private static let examples = [
        ("Reloader", "Watch the whole cluster; reload what carries reloader.stakater.com/auto: \"true\"."),
        ("Reloader --namespaces=shop,billing --log-format=json", "Only two namespaces, and JSON log lines."),
        (
            "Reloader --auto-reload-all --resources-to-ignore=secrets",
            "Every workload that uses a changed ConfigMap, whatever its annotations; Secrets are not read at all."
        ),
        ("Reloader explain deploy/web -n shop", "Why is this Deployment reloaded, or not?"),
        ("Reloader explain configmap/app-config -n shop", "Who is reloaded when this ConfigMap changes?"),
        ("Reloader check --enable-ha", "Is everything granted that this needs?"),
        (
            "Reloader --reload-strategy=annotations --reload-delay=2s",
            "For clusters whose manifests a GitOps tool owns."
        ),
    ]

    private static let exitCodes = [
        ("0", "Stopped by SIGTERM or SIGINT after finishing what was in hand; also --help and --version."),
        ("1", "Bad flag or value, broken configuration, or a port that cannot be opened: stderr says which."),
        ("2", "A bad flag or argument of a subcommand, whose --help lists its other codes."),
    ]

    private static func describe(_ flag: Flag) -> [String] {
        var text = flag.help
        if let value = flag.defaultText { text += " Default: \(value)." }
        return ["  \(flag.synopsis)"] + wrap(text, indent: 8)
    }

    private static func wrap(_ text: String, indent: Int = 0) -> [String] {
        wrap(items: text.split(separator: " ").map(String.init), indent: indent, hanging: indent)
    }

    private static func wrap(items: [String], indent: Int, hanging: Int) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for item in items {
            if !isEmpty, line.count + 1 + item.count > width {
                lines.append(line)
                line = String(repeating: " ", count: hanging)
                isEmpty = true
            }
            line += isEmpty ? item : " " + item
            isEmpty = false
        }
        return isEmpty ? lines : lines + [line]
    }

    private static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
