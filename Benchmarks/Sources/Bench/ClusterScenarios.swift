import BenchSupport
import ControllerTestKit
import KubeClient

extension Scenario {
    /// The binary on an empty cluster: start and rest.
    static let idle = Scenario(name: "idle") { settings, report in
        try await idle("idle", settings.reloader, &report)
        if !settings.staticReloader.isEmpty { try await idle("idle.static", settings.staticReloader, &report) }
    }

    private static func idle(_ prefix: String, _ binary: String, _ report: inout Report) async throws {
        let cluster = Cluster()
        let figures = try await cluster.server.withHTTPListener { url in
            var starts: [Double] = []
            for _ in 0..<4 {
                let reloader = try await RunningReloader(binary, server: url)
                starts.append(reloader.startSeconds)
                reloader.process.terminate()
            }
            let reloader = try await RunningReloader(binary, server: url)
            let cpu = try await reloader.settled()
            defer { reloader.process.terminate() }
            let process = reloader.process
            return (
                median(starts), cpu, process.status("VmRSS"), process.status("RssAnon"), process.status("Threads")
            )
        }
        report.add("\(prefix).ready", figures.0 * 1000, "ms")
        report.add("\(prefix).start-cpu", figures.1 * 1000, "ms")
        report.add("\(prefix).rss", figures.2 / 1024, "MiB")
        report.add("\(prefix).anonymous", figures.3 / 1024, "MiB")
        report.add("\(prefix).threads", figures.4, "count")
    }

    /// Ten thousand ConfigMaps and as many Secrets of 4 KiB that nothing uses, and workloads beside them.
    static let load = Scenario(name: "load") { settings, report in
        let cluster = Cluster()
        try cluster.addUnrelated(.configmaps, count: 10_000)
        try cluster.addUnrelated(.secrets, count: 10_000)
        for count in [1, 50, 200] {
            try cluster.addConfigMap("shared-\(count)")
            try cluster.addDeployments("fan-\(count)", count: count) { _ in "shared-\(count)" }
        }
        let figures = try await cluster.server.withHTTPListener { url in
            try await LoadFigures(cluster, settings.reloader, url)
        }
        for figure in figures.measurements { report.add(figure.name, figure.value, figure.unit) }
        guard !settings.staticReloader.isEmpty else { return }
        let memory = try await cluster.server.withHTTPListener { url in
            let reloader = try await RunningReloader(settings.staticReloader, server: url)
            defer { reloader.process.terminate() }
            try await reloader.settled()
            return ["VmRSS", "RssAnon", "VmHWM"].map { reloader.process.status($0) / 1024 }
        }
        report.add("load.static.settled.rss", memory[0], "MiB")
        report.add("load.static.settled.anonymous", memory[1], "MiB")
        report.add("load.static.peak.rss", memory[2], "MiB")
    }

    /// What a change costs among 1,000, 10,000 and 50,000 objects that have nothing to do with it.
    ///
    /// In turn, so that what else the machine does falls on all three.
    static let scale = Scenario(name: "scale") { settings, report in
        let sizes = [1_000, 10_000, 50_000]
        let rounds = try await withClusters(unrelated: sizes[...]) { clusters in
            var rounds: [[(unused: Double, reload: Double)]] = []
            // A process has costs of its own, by where its memory and its threads happen to lie: each has few rounds.
            for process in 0..<6 {
                rounds += try await withReloaders(settings.reloader, on: clusters[...]) { reloaders in
                    [
                        try await costs(of: reloaders, on: clusters, "\(process).0"),
                        try await costs(of: reloaders, on: clusters, "\(process).1"),
                    ]
                }
            }
            return rounds
        }
        for (place, size) in sizes.enumerated() {
            report.add("scale.unused-change.\(size / 1000)k", median(rounds.map { $0[place].unused }) * 1000, "ms-cpu")
            report.add("scale.reload.\(size / 1000)k", median(rounds.map { $0[place].reload }) * 1000, "ms-cpu")
        }
        report.add("scale.unused-change.growth", median(rounds.map { $0[2].unused / $0[0].unused }), "50k/1k")
        report.add("scale.reload.growth", median(rounds.map { $0[2].reload / $0[0].reload }), "50k/1k")
    }

    /// What each Reloader needs for a change, all of them in turn.
    private static func costs(
        of reloaders: [RunningReloader], on clusters: [(Cluster, String)], _ value: String
    ) async throws -> [(unused: Double, reload: Double)] {
        var costs: [(unused: Double, reload: Double)] = []
        for (reloader, (cluster, _)) in zip(reloaders, clusters) {
            costs.append(
                (
                    try await cpuPerUnusedChange(cluster, reloader, 400, "u\(value)"),
                    try await cpuPerReload(cluster, reloader, 100, "r\(value)")
                ))
        }
        return costs
    }

    /// Runs `body` with one cluster of each size and where it can be reached.
    private static func withClusters<Result: Sendable>(
        unrelated sizes: ArraySlice<Int>, made: [(Cluster, String)] = [],
        _ body: ([(Cluster, String)]) async throws -> Result
    ) async throws -> Result {
        guard let size = sizes.first else { return try await body(made) }
        let cluster = Cluster()
        for index in 0..<size { try cluster.addConfigMap(Corpus.name(index), in: Corpus.namespace(index)) }
        try cluster.addConfigMap("used")
        try cluster.addDeployments("web", count: 1) { _ in "used" }
        return try await cluster.server.withHTTPListener { url in
            try await withClusters(unrelated: sizes.dropFirst(), made: made + [(cluster, url)], body)
        }
    }

    /// Runs `body` with a Reloader on each cluster.
    private static func withReloaders<Result>(
        _ binary: String, on clusters: ArraySlice<(Cluster, String)>, running: [RunningReloader] = [],
        _ body: ([RunningReloader]) async throws -> Result
    ) async throws -> Result {
        guard let (_, url) = clusters.first else { return try await body(running) }
        let reloader = try await RunningReloader(binary, server: url)
        defer { reloader.process.terminate() }
        try await reloader.settled()
        return try await withReloaders(binary, on: clusters.dropFirst(), running: running + [reloader], body)
    }

    /// A hundred changes a second for thirty seconds over fifty workloads.
    static let burst = Scenario(name: "burst") { settings, report in
        let cluster = Cluster()
        for index in 0..<50 { try cluster.addConfigMap("config-\(index)") }
        try cluster.addDeployments("web", count: 50) { "config-\($0)" }
        let (stale, patches) = try await cluster.server.withHTTPListener { url in
            let reloader = try await RunningReloader(settings.reloader, server: url, [])
            defer { reloader.process.terminate() }
            try await reloader.settled()
            cluster.server.clearRequests()
            let start = ContinuousClock.now
            for number in 0..<3000 {
                // The last change of each gives all of them the same content, so their markers must be equal.
                try cluster.change("config-\(number % 50)", to: number < 2950 ? "\(number)" : "final")
                try await Task.sleep(until: start + .milliseconds(10 * (number + 1)))
            }
            try await Task.sleep(for: .seconds(2))
            let markers = try cluster.markers("web", count: 50)
            let patches = cluster.server.requests.count { $0.method == "PATCH" && $0.attributes.resource != "events" }
            try await reloader.settled()
            let final = try cluster.markers("web", count: 50)
            guard let expected = final.first, !expected.isEmpty else { return (50, patches) }
            return (markers.count { $0 != expected } + final.count { $0 != expected }, patches)
        }
        report.add("burst.stale", Double(stale), "workloads")
        report.add("burst.patches", Double(patches), "of-3000")
    }
}

/// CPU seconds of the Reloader for a change of the data of a ConfigMap that no workload uses.
func cpuPerUnusedChange(
    _ cluster: Cluster, _ reloader: RunningReloader, _ count: Int, _ value: String
) async throws -> Double {
    let before = try await reloader.settled()
    for index in 0..<count {
        try cluster.change(Corpus.name(index), to: "\(value)-\(index)", in: Corpus.namespace(index))
        // One at a time, as they come in a cluster: a batch would be cheaper.
        try await Task.sleep(for: .milliseconds(1))
    }
    return (try await reloader.settled() - before) / Double(count)
}

/// CPU seconds of the Reloader for a change that one workload uses: decision, PATCH, Event, and what the watch then tells.
func cpuPerReload(_ cluster: Cluster, _ reloader: RunningReloader, _ count: Int, _ value: String) async throws -> Double
{
    let before = try await reloader.settled()
    for index in 0..<count {
        cluster.server.clearRequests()
        try cluster.change("used", to: "\(value)-\(index)")
        try await cluster.waitForPatches(1)
    }
    return (try await reloader.settled() - before) / Double(count)
}
