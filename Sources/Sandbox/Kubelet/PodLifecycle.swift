import KubeClient
import Logging

/// One pod from its first start to its end: resolve the environment, run, probe, report, start again.
struct PodLifecycle: Sendable {
    private let kubelet: Kubelet
    private let pod: Manifest
    private let startTime: String

    init(_ kubelet: Kubelet, _ pod: Manifest) {
        self.kubelet = kubelet
        self.pod = pod
        startTime = Timestamp.now().rfc3339
    }

    /// Runs the pod until `stop` ends or the task is cancelled; then its process has ended, too.
    func run(until stop: AsyncStream<Never>) async {
        await withTaskGroup { group in
            group.addTask { await repeatedly() }
            group.addTask { for await _ in stop {} }
            await group.next()
            group.cancelAll()
        }
        kubelet.readyPods.set(pod, port: nil)
        kubelet.logs.forget(pod.key)
        kubelet.console.note("pod \(pod.name) ended")
        // The API server keeps a deleted pod until its node says that nothing of it runs any more.
        if !Task.isCancelled { await confirmDeletion() }
    }

    private func confirmDeletion() async {
        do throws(KubeError) {
            try await kubelet.client.resource(.pods, as: Manifest.self).delete(
                pod.key, DeleteOptions(uid: pod.uid, gracePeriodSeconds: 0))
        } catch {
            kubelet.logger.debug("The deletion of pod \(pod.name) was not confirmed: \(error)")
        }
    }

    private func repeatedly() async {
        var (restarts, backoff, complaint) = (0, Duration.seconds(1), "")
        while !Task.isCancelled {
            do throws(ContainerProblem) {
                let end = try await once(restarts)
                if Task.isCancelled { return }
                kubelet.console.failed("pod \(pod.name) ended by itself (\(end)); it starts again in \(backoff)")
                let problem = ContainerProblem(reason: "CrashLoopBackOff", message: "the process ended: \(end)")
                restarts += 1
                await report(.waiting(problem), restarts)
                try? await Task.sleep(for: backoff)
                backoff = min(backoff * 2, .seconds(30))
            } catch {
                if Task.isCancelled { return }
                if error.message != complaint {
                    kubelet.console.failed("pod \(pod.name) cannot start: \(error.message) (\(error.reason))")
                    complaint = error.message
                }
                await report(.waiting(error), restarts)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// One run of the container.
    private func once(_ restarts: Int) async throws(ContainerProblem) -> String {
        guard let container = pod.json.at("spec", "containers")?.elements.first else {
            throw ContainerProblem(reason: "CreateContainerConfigError", message: "the pod has no container")
        }
        let port: Int
        do { port = try await LoopbackPort.free() } catch {
            throw ContainerProblem(reason: "CreateContainerError", message: "no free port: \(error)")
        }
        let variables = try await environment().variables(of: container)
        let command = try ContainerCommand(container, variables: variables, port: port, host: kubelet.host)
        let since = Timestamp.now().rfc3339
        await report(.running(since: since, isReady: false), restarts)

        let result = await withTaskGroup(of: Result<String, ContainerProblem>?.self) { group in
            group.addTask { await probe(ReadinessProbe(of: container), port, since, restarts) }
            group.addTask {
                do throws(ContainerProblem) {
                    return .success(
                        try await PodProcess.run(command) { line in
                            kubelet.console.output(of: pod.name, line)
                            kubelet.logs.append(line, of: pod.key)
                        })
                } catch {
                    return .failure(error)
                }
            }
            var result: Result<String, ContainerProblem>?
            while result == nil, let next = await group.next() { result = next }
            group.cancelAll()
            return result
        }
        kubelet.readyPods.set(pod, port: nil)
        return try result?.get() ?? "unknown"
    }

    private func probe(
        _ probe: ReadinessProbe, _ port: Int, _ since: String, _ restarts: Int
    ) async -> Result<String, ContainerProblem>? {
        var wasReady = false
        while !Task.isCancelled {
            let isReady = await probe.isReady(port: port)
            if isReady != wasReady, !Task.isCancelled {
                wasReady = isReady
                kubelet.readyPods.set(pod, port: isReady ? port : nil)
                await report(.running(since: since, isReady: isReady), restarts)
                if isReady { kubelet.console.done("pod \(pod.name) is ready") }
            }
            try? await Task.sleep(for: probe.pause(isReady: isReady))
        }
        return nil
    }

    private func environment() async throws(ContainerProblem) -> ContainerEnvironment {
        let references = ContainerEnvironment.references(of: pod)
        return ContainerEnvironment(
            pod: pod, configMaps: try await read(.configMaps, references.configMaps),
            secrets: try await read(.secrets, references.secrets))
    }

    private func read(
        _ resource: APIResource, _ names: Set<String>
    ) async throws(ContainerProblem) -> [String: Manifest] {
        var objects: [String: Manifest] = [:]
        for name in names {
            do throws(KubeError) {
                objects[name] = try await kubelet.client.resource(resource, as: Manifest.self).get(
                    ObjectKey(namespace: pod.namespace, name: name))
            } catch  where error.isNotFound {
                // Whether that matters depends on the reference being optional.
            } catch {
                throw ContainerProblem(reason: "CreateContainerConfigError", message: "\(error)")
            }
        }
        return objects
    }

    private func report(_ container: PodStatus.Container, _ restarts: Int) async {
        let status = PodStatus(
            container: container, restartCount: restarts, startTime: startTime, readySince: Timestamp.now().rfc3339)
        do throws(KubeError) {
            try await kubelet.client.resource(.pods, as: Manifest.self).patch(
                pod.key, .merge(JSONValue.make(("status", status.json(for: pod))).bytes), subresource: .status)
        } catch {
            // The pod may be gone; if it is not, the next report says the same.
            kubelet.logger.debug("The status of pod \(pod.name) was not written: \(error)")
        }
    }
}
