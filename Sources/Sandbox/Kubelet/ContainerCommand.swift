import KubeClient

/// What is run in place of a container.
struct ContainerCommand: Hashable, Sendable {
    /// The program, by name or path, and its arguments.
    var words: [String]
    /// The container's variables and the sandbox's own.
    var environment: [String: String]

    /// The command of `container` with `variables`, listening on `port`.
    ///
    /// A container with a command runs it. One without runs its image, and there are none here but one: an image called
    /// `swift-reloader` is the Reloader binary, whatever its registry and tag.
    init(
        _ container: JSONValue, variables: [String: String], port: Int, host: SandboxHost
    ) throws(ContainerProblem) {
        func words(_ name: String) -> [String] {
            (container.at(name)?.elements ?? []).compactMap(\.string).map { ContainerEnvironment.expand($0, variables) }
        }
        let image = container.at("image")?.string ?? ""
        environment = variables
        environment["PATH"] = variables["PATH"] ?? host.path
        if words("command").isEmpty {
            guard Self.isReloader(image) else {
                throw ContainerProblem(
                    reason: "ErrImageNeverPull",
                    message: "the sandbox runs commands, not images: give the container of \"\(image)\" a command")
            }
            self.words = [host.reloader] + words("args") + ["--listen-address=127.0.0.1:\(port)"]
            environment["KUBECONFIG"] = host.kubeconfig
        } else {
            self.words = words("command") + words("args")
            // Every pod has a port of its own here; one machine has only one port 8000.
            environment["HOST"] = "127.0.0.1"
            environment["PORT"] = String(port)
        }
    }

    /// Whether an image's name, without registry and tag, is Reloader's.
    static func isReloader(_ image: String) -> Bool {
        let name = image.split(separator: "/").last?.prefix { $0 != ":" && $0 != "@" }
        return name == "swift-reloader"
    }
}

/// What the containers of the sandbox find on the machine.
struct SandboxHost: Hashable, Sendable {
    /// The Reloader binary.
    var reloader: String
    /// The kubeconfig that leads to the sandbox's API server.
    var kubeconfig: String
    /// Where programs are looked for.
    var path: String
}
