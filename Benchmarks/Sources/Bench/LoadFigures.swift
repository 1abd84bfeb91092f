import BenchSupport
import ControllerTestKit
import KubeClient

/// What one process shows among twenty thousand objects, in the order in which it is done.
struct LoadFigures: Sendable {
    private(set) var measurements: [Measurement] = []

    init(_ cluster: Cluster, _ binary: String, _ url: String) async throws {
        let reloader = try await RunningReloader(binary, server: url)
        let process = reloader.process
        defer { process.terminate() }
        add("load.ready", reloader.startSeconds * 1000, "ms")
        try cluster.change("shared-1", to: "first")
        try await cluster.waitForPatches(1)
        add("load.first-reaction.cpu", process.cpuSeconds, "s")
        try await reloader.settled()
        add("load.settled.rss", process.status("VmRSS") / 1024, "MiB")
        add("load.settled.anonymous", process.status("RssAnon") / 1024, "MiB")
        add("load.peak.rss", process.status("VmHWM") / 1024, "MiB")
        add("load.threads", process.status("Threads"), "count")

        cluster.server.clearRequests()
        try cluster.change("shared-1", to: "second")
        try await reloader.settled()
        add("change.requests", Double(cluster.requestCount), "count")
        try await latency(cluster, reloader)
        for count in [50, 200] { try await fanOut(cluster, reloader, count) }

        try await reloader.settled()
        cluster.server.clearRequests()
        add("unused-change.cpu", try await cpuPerUnusedChange(cluster, reloader, 1000, "churn") * 1000, "ms")
        add("unused-change.requests", Double(cluster.requestCount), "of-1000")
        add("load.after.rss", process.status("VmRSS") / 1024, "MiB")
    }

    private mutating func add(_ name: String, _ value: Double, _ unit: String) {
        measurements.append(Measurement(name, value, unit))
    }

    private mutating func latency(_ cluster: Cluster, _ reloader: RunningReloader) async throws {
        var latencies: [Double] = []
        for index in 0..<300 {
            cluster.server.clearRequests()
            let start = ContinuousClock.now
            try cluster.change("shared-1", to: "latency-\(index)")
            try await cluster.waitForPatches(1)
            latencies.append((.now - start) / .milliseconds(1))
            // Until its answer and the Event are through, so that the next change is one by itself.
            try await Task.sleep(for: .milliseconds(10))
        }
        add("change.latency.p50", percentile(latencies, 0.5), "ms")
        add("change.latency.p99", percentile(latencies, 0.99), "ms")
    }

    private mutating func fanOut(_ cluster: Cluster, _ reloader: RunningReloader, _ count: Int) async throws {
        var times: [Double] = []
        for round in 0..<5 {
            try await reloader.settled()
            cluster.server.clearRequests()
            let start = ContinuousClock.now
            try cluster.change("shared-\(count)", to: "round-\(round)")
            try await cluster.waitForPatches(count)
            times.append((.now - start) / .seconds(1))
        }
        add("fan-out.\(count)", median(times), "s")
    }
}
