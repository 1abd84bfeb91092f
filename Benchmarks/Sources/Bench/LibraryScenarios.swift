import BenchSupport
import ControllerTestKit
import Glibc

extension Scenario {
    /// Lists decoded as they arrive, in JSON and in protobuf, against Foundation's JSONDecoder on the same objects, in turn.
    static let decoding = Scenario(name: "decode") { settings, report in
        for kind in Corpus.Kind.allCases {
            var (ours, theirs): ([Double], [Double]) = ([], [])
            var (protobuf, gains, objects): ([Double], [Double], [Double]) = ([], [], [])
            var (allocations, peerAllocations) = (Double.nan, Double.nan)
            for _ in 0..<3 {
                let arguments = [kind.rawValue, kind == .metadata ? "20000" : "4000"]
                let mine = try settings.measure("Micro", ["decode"] + arguments)
                let wire = try settings.measure("Micro", ["decode-protobuf"] + arguments)
                let peer = try settings.measure("JSONDecoderPeer", arguments)
                protobuf.append(wire["speed"]?.value ?? .nan)
                objects.append(wire["objects"]?.value ?? .nan)
                gains.append((wire["objects"]?.value ?? .nan) / (mine["objects"]?.value ?? .nan))
                ours.append(mine["speed"]?.value ?? .nan)
                theirs.append(peer["speed"]?.value ?? .nan)
                allocations = mine["allocations"]?.value ?? .nan
                peerAllocations = peer["allocations"]?.value ?? .nan
            }
            let name = "decode.\(kind.rawValue)"
            report.add(name, median(ours), "MB/s")
            report.add("\(name).ratio", median(zip(ours, theirs).map { $0 / $1 }), "x-decoder")
            report.add("\(name).protobuf", median(protobuf), "MB/s")
            report.add("\(name).protobuf.objects", median(objects), "1/s")
            report.add("\(name).protobuf.gain", median(gains), "x-JSON")
            report.add("\(name).allocations", allocations, "per-object")
            report.add("\(name).peer-allocations", peerAllocations, "per-object")
        }
    }

    /// Events of a watch decoded as they arrive, against Foundation's JSONDecoder on the same frames, in turn.
    static let watch = Scenario(name: "watch") { settings, report in
        for kind in [Corpus.Kind.configmaps, .metadata] {
            var (ours, ratios): ([Double], [Double]) = ([], [])
            for _ in 0..<3 {
                let arguments = ["watch", kind.rawValue, "4000"]
                let mine = try settings.measure("Micro", arguments)["events"]?.value ?? .nan
                let peer = try settings.measure("JSONDecoderPeer", arguments)["events"]?.value ?? .nan
                ours.append(mine)
                ratios.append(mine / peer)
            }
            report.add("watch.\(kind.rawValue).events", median(ours), "1/s")
            report.add("watch.\(kind.rawValue).ratio", median(ratios), "x-decoder")
        }
    }

    /// Small reads over loopback HTTP; the rate is the test server's as well as the client's, the CPU the client's alone.
    static let requests = Scenario(name: "requests") { settings, report in
        let cluster = Cluster()
        try cluster.addConfigMap("used")
        let figures = try await cluster.server.withHTTPListener { url in
            try settings.measure("Micro", ["requests", url])
        }
        for name in ["one", "sixteen"] {
            report.add("requests.\(name)-at-a-time", figures["\(name).rate"]?.value ?? .nan, "1/s")
            report.add("requests.\(name)-at-a-time.cpu", figures["\(name).cpu"]?.value ?? .nan, "us")
        }
    }

    /// Bytes that an informer keeps for each object.
    static let memory = Scenario(name: "memory") { settings, report in
        for kind in [Corpus.Kind.configmaps, .secrets, .deployments] {
            for count in [1_000, 10_000, 50_000] {
                let figures = try settings.measure("Micro", ["memory", kind.rawValue, String(count)])
                report.add("memory.\(kind.rawValue).\(count / 1000)k", figures["kept"]?.value ?? .nan, "B/object")
            }
        }
    }

    /// Keys through a work queue.
    static let queue = Scenario(name: "queue") { settings, report in
        let runs = try (0..<3).map { _ in try settings.measure("Micro", ["queue"])["cycles"]?.value ?? .nan }
        report.add("queue.cycles", median(runs), "1/s")
    }

    /// From nothing to a full cache of 50,000 objects.
    static let sync = Scenario(name: "sync") { settings, report in
        for kind in [Corpus.Kind.configmaps, .metadata] {
            let runs = try (0..<3).map { _ in try settings.measure("Micro", ["sync", kind.rawValue, "50000"]) }
            for (name, unit) in [("cpu", "s"), ("wall", "s"), ("kept", "MiB")] {
                report.add("sync.\(kind.rawValue).50k.\(name)", median(runs.map { $0[name]?.value ?? .nan }), unit)
            }
        }
    }

    /// From a watch event to the reconcile of its key.
    static let latency = Scenario(name: "latency") { settings, report in
        let figures = try settings.measure("Micro", ["latency"])
        for name in ["p50", "p99"] { report.add("latency.\(name)", figures[name]?.value ?? .nan, "us") }
    }

    /// Size on disk and what is loaded at start.
    static let binary = Scenario(name: "binary") { settings, report in
        report.add("binary.size", fileSize(settings.reloader) / 1e6, "MB")
        report.add("binary.libraries", try sharedLibraries(of: settings.reloader), "count")
        guard !settings.staticReloader.isEmpty else { return }
        report.add("binary.static.size", fileSize(settings.staticReloader) / 1e6, "MB")
        report.add("binary.static.libraries", try sharedLibraries(of: settings.staticReloader), "count")
    }

    private static func sharedLibraries(of binary: String) throws -> Double {
        let ldd = try ChildProcess("/usr/bin/env", ["ldd", binary], environment: ["PATH": "/usr/bin:/bin"])
        ldd.wait()
        return Double(ldd.lines.count { $0.contains("=>") })
    }
}

private func fileSize(_ path: String) -> Double {
    var information = stat()
    return stat(path, &information) == 0 ? Double(information.st_size) : .nan
}
