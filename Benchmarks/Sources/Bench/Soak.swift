import BenchSupport
import ControllerTestKit
import KubeClient

extension Scenario {
    /// As many changes as an hour of a busy cluster brings, and more, in little time: memory stays where it is.
    static let soak = Scenario(name: "soak", isOnRequest: true) { settings, report in
        let cluster = Cluster()
        try cluster.addUnrelated(.configmaps, count: 1000)
        try cluster.addUnrelated(.secrets, count: 1000)
        for index in 0..<50 { try cluster.addConfigMap("config-\(index)") }
        try cluster.addDeployments("web", count: 50) { "config-\($0)" }
        let figures = try await cluster.server.withHTTPListener { url in
            let reloader = try await RunningReloader(settings.reloader, server: url)
            defer { reloader.process.terminate() }
            var churn = Churn(cluster: cluster)
            // What comes in the first third fills what is filled once: tables, buffers, metrics.
            try await churn.run(for: .milliseconds(settings.seconds * 1000 / 3))
            let before = try await anonymousMemory(reloader)
            let peak = reloader.process.status("VmHWM")
            try await churn.run(for: .milliseconds(settings.seconds * 2000 / 3))
            let after = try await anonymousMemory(reloader)
            return (churn.count, before, after, (reloader.process.status("VmHWM") - peak) / 1024)
        }
        report.add("soak.changes", Double(figures.0), "count")
        report.add("soak.anonymous.before", figures.1, "MiB")
        report.add("soak.anonymous.after", figures.2, "MiB")
        report.add("soak.growth", figures.2 - figures.1, "MiB")
        report.add("soak.peak-growth", figures.3, "MiB")
    }

    private static func anonymousMemory(_ reloader: RunningReloader) async throws -> Double {
        try await reloader.settled()
        return reloader.process.status("RssAnon") / 1024
    }
}

/// Changes of every kind: contents, names and namespaces that were never there, workloads that come and go.
private struct Churn {
    let cluster: Cluster
    private(set) var count = 0

    init(cluster: Cluster) { self.cluster = cluster }

    mutating func run(for duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while .now < end {
            try step()
            count += 1
            try await Task.sleep(for: .microseconds(500))
        }
    }

    private func step() throws {
        switch count % 10 {
        case 0: try cluster.change("config-\(count / 10 % 50)", to: "\(count)")
        case 1:
            try cluster.addConfigMap("new-\(count)", in: "namespace-\(count / 100)")
        case 2:
            // The one that the last step made.
            try cluster.server.delete(
                .configMaps, ObjectKey(namespace: "namespace-\((count - 1) / 100)", name: "new-\(count - 1)"))
        case 3: try cluster.addDeployments("passing-\(count)", count: 1) { _ in "config-\(count % 50)" }
        case 4:
            try cluster.server.delete(
                .deployments, ObjectKey(namespace: Cluster.namespace, name: "passing-\(count - 1)-0"))
        default:
            try cluster.change(Corpus.name(count % 1000), to: "\(count)", in: Corpus.namespace(count % 1000))
        }
    }
}
