/// What the sandbox is asked to do.
struct SandboxOptions: Hashable, Sendable {
    /// The manifest to apply.
    var manifest = "kubernetes/deployment.yaml"
    /// Try Reloader, and exit with the result.
    var isDemo = false
    /// Where the web application's page is shown; another port is taken when this one is in use.
    var pagePort = 8080
    /// The Reloader binary; nil for the one next to the sandbox.
    var reloader: String?

    /// What the arguments ask for.
    enum Request: Hashable, Sendable {
        case run(SandboxOptions)
        case help
        case unusable(String)
    }

    /// Reads the arguments, without the program's name; `DEMO=auto` in the environment is `--demo`.
    static func parse(_ arguments: [String], environment: [String: String]) -> Request {
        var options = SandboxOptions()
        switch environment["DEMO", default: ""] {
        case "": break
        case "auto": options.isDemo = true
        case let other: return .unusable("DEMO=\(other) is unknown; the only demonstration is DEMO=auto")
        }
        var manifests: [String] = []
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil) {
            case ("--help", nil), ("-h", nil): return .help
            case ("--demo", nil): options.isDemo = true
            case ("--page-port", let value?):
                guard let port = Int(value), (0...65535).contains(port) else {
                    return .unusable("--page-port takes a number from 0 to 65535")
                }
                options.pagePort = port
            case ("--reloader", let value?): options.reloader = value
            case (let name, _) where name.hasPrefix("-"): return .unusable("unknown or incomplete flag \(argument)")
            default: manifests.append(argument)
            }
        }
        guard manifests.count <= 1 else { return .unusable("one manifest at a time: \(manifests)") }
        if let manifest = manifests.first { options.manifest = manifest }
        return .run(options)
    }

    static let help = """
        Sandbox plays a small Kubernetes cluster on this machine, with Reloader and a web application in it.

        Usage:
          Sandbox [manifest] [flags]

        The manifest is kubernetes/deployment.yaml unless another is given.

          --demo             Change a config, see that Reloader restarts the application, and exit. So does DEMO=auto.
          --page-port=8080   Where the application's page is shown; another port is taken when this one is in use.
          --reloader=PATH    The Reloader binary; the one next to the sandbox unless given.

        Exit codes:
          0  Stopped by Ctrl-C, or the demonstration worked.
          1  The demonstration did not work; the output says what was seen.
          2  Bad flags, or something needed is not there.
          3  There is no python3, which the web application is written in.

        """
}
