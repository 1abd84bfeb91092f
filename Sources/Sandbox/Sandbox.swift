import ControllerTestKit
import KubeClient
import Logging
import UnixSignals

/// The whole sandbox: an API server, the controllers and the node that it plays, and what the user does with it.
struct Sandbox: Sendable {
    var options: SandboxOptions
    var environment: [String: String]
    private let console: Console
    private let logger = Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() })

    /// The resources that manifests may name.
    private static let resources: [APIResource] =
        [
            .namespaces, .serviceAccounts, .configMaps, .secrets, .services, .pods, .deployments, .replicaSets,
            .statefulSets, .daemonSets, .jobs, .cronJobs,
        ]
        + ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].map { kind in
            APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: "\(kind.lowercased())s", kind: kind,
                isNamespaced: !kind.hasPrefix("Cluster"))
        }

    init(options: SandboxOptions, environment: [String: String]) {
        self.options = options
        self.environment = environment
        console = Console(environment: environment)
    }

    /// Plays until the user or the demonstration ends it; answers the exit status.
    func run() async throws(SandboxError) -> Int32 {
        let manifests = try ManifestFile.read(options.manifest)
        let path = environment["PATH", default: "/usr/local/bin:/usr/bin:/bin"]
        let reloader = try findReloader()
        try requirePrograms(of: manifests, path: path)
        let folder = try TemporaryFolder(environment: environment)
        defer { folder.remove("kubeconfig") }

        let server = TestAPIServer()
        let logs = PodLogs()
        server.serveLogs(logs.lines)
        let listener: HTTPListener
        do { listener = try await server.listen() } catch {
            throw SandboxError("The API server could not listen on a port of 127.0.0.1: \(error)")
        }
        let kubeconfig = try folder.write(
            kubeconfigText(server: listener.url, namespace: Demo.namespace), to: "kubeconfig")
        console.done("API server at \(listener.url)")

        let host = SandboxHost(reloader: reloader, kubeconfig: kubeconfig, path: path)
        let client = server.client(logger: logger)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await listener.run() }
            // The pods may need the server until they have ended, so it goes last.
            let result: Result<Int32, SandboxError>
            do throws(SandboxError) {
                result = .success(try await play(manifests, client, host, logs))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            return result
        }
        return try result.get()
    }

    private func play(
        _ manifests: [Manifest], _ client: KubeClient, _ host: SandboxHost, _ logs: PodLogs
    ) async throws(SandboxError) -> Int32 {
        try await ManifestApplier(client: client, resources: Self.resources).apply(manifests)
        console.done("\(options.manifest) applied: \(manifests.count) objects")

        let readyPods = ReadyPods()
        let front = try await front(of: manifests, readyPods)
        let controlPlane = ControlPlane(client: client, logger: logger)
        let kubelet = Kubelet(
            client: client, host: host, readyPods: readyPods, logs: logs, console: console, logger: logger)
        let status = await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                await controlPlane.run()
                return nil
            }
            group.addTask {
                await kubelet.run()
                return nil
            }
            group.addTask {
                await front.run()
                return nil
            }
            group.addTask { await waitForSignal() }
            group.addTask { await useCluster(client, front.port, host) }
            var status: Int32?
            while status == nil, let next = await group.next() { status = next }
            // Ends the pods' processes before the group is left.
            group.cancelAll()
            return status ?? 1
        }
        console.done("everything has ended")
        return status
    }

    /// What happens in the cluster: the demonstration, or whatever the user does until a signal.
    private func useCluster(_ client: KubeClient, _ page: Int, _ host: SandboxHost) async -> Int32? {
        let isReady = await waitUntilAvailable(client)
        guard !Task.isCancelled else { return nil }
        guard options.isDemo else {
            if isReady {
                console.line(instructions(page: page, kubeconfig: host.kubeconfig, namespace: Demo.namespace))
            } else {
                console.failed("Not everything is ready; the lines above say why. The sandbox goes on trying.")
            }
            return nil
        }
        guard isReady else {
            console.failed("the demonstration could not begin")
            return 1
        }
        let worked = await Demo(client: client, pagePort: page, console: console).run()
        guard !Task.isCancelled else { return nil }
        console.heading("Stopping")
        guard worked else {
            console.failed("Reloader did not do its work; what was seen stands above")
            return 1
        }
        return 0
    }

    /// Waits, at most a minute, until all replicas of all Deployments are available; says which are not.
    private func waitUntilAvailable(_ client: KubeClient) async -> Bool {
        var waiting: [String] = []
        for _ in 0..<600 {
            let deployments = try? await client.resource(.deployments, as: Manifest.self).list().items
            waiting = (deployments ?? []).filter { deployment in
                let wanted = deployment.json.at("spec", "replicas")?.int ?? 1
                return (deployment.json.at("status", "availableReplicas")?.int ?? 0) < wanted
            }.map(\.name)
            if deployments != nil, waiting.isEmpty { return true }
            try? await Task.sleep(for: .milliseconds(100))
            if Task.isCancelled { return false }
        }
        console.failed("not available after a minute: \(waiting.joined(separator: ", "))")
        return false
    }

    private func waitForSignal() async -> Int32? {
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            console.line()
            console.note("\(signal): ending everything")
            return 0
        }
        return nil
    }

    /// A stable address for the manifest's first Service.
    private func front(of manifests: [Manifest], _ readyPods: ReadyPods) async throws(SandboxError) -> ServiceFront {
        guard let service = manifests.first(where: { $0.kind == "Service" }) else {
            throw SandboxError("\(options.manifest) has no Service, so there is no page to show.")
        }
        let (namespace, selector) = (service.namespace, service.json.at("spec", "selector")?.texts ?? [:])
        do {
            return try await ServiceFront(preferredPort: options.pagePort) {
                readyPods.port(in: namespace, selector: selector)
            }
        } catch {
            throw SandboxError("No port of 127.0.0.1 could be opened for the page: \(error)")
        }
    }

    private func findReloader() throws(SandboxError) -> String {
        let path = options.reloader ?? "\(Files.programFolder)/Reloader"
        guard Files.isExecutable(path) else {
            throw SandboxError("There is no Reloader binary at \(path). Build it: swift build --product Reloader")
        }
        return path
    }
}
