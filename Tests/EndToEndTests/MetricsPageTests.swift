import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// What dashboards and alert rules for v1.4.21 read.
@Suite(.timeLimit(.minutes(2))) struct MetricsPageTests {
    struct Family: Sendable, CustomTestStringConvertible {
        var name: String
        var type: String
        var labels: [String] = []
        var buckets: [String] = []
        /// Whether it is there before anything has happened.
        var isThereAtStart = false
        var testDescription: String { name }
    }

    static let sizeBuckets = [
        "64", "256", "512", "1024", "4096", "16384", "65536", "262144", "1048576", "4194304", "16777216",
    ]
    static let families = [
        Family(
            name: "reloader_reload_executed_total", type: "counter", labels: ["success"], isThereAtStart: true),
        Family(
            name: "reloader_reload_executed_total_by_namespace", type: "counter", labels: ["namespace", "success"]),
        Family(name: "reloader_alerts_total", type: "counter", labels: ["result"], isThereAtStart: true),
        Family(name: "reloader_webhook_calls_total", type: "counter", labels: ["result"], isThereAtStart: true),
        Family(name: "reloader_reconcile_total", type: "counter", labels: ["result"]),
        Family(
            name: "reloader_reconcile_duration_seconds", type: "histogram", labels: ["result"],
            buckets: ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"]),
        Family(name: "reloader_action_total", type: "counter", labels: ["result", "workload_kind"]),
        Family(
            name: "reloader_action_latency_seconds", type: "histogram", labels: ["workload_kind"],
            buckets: ["0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60"]),
        Family(name: "reloader_skipped_total", type: "counter", labels: ["reason"]),
        Family(name: "reloader_workqueue_depth", type: "gauge", isThereAtStart: true),
        Family(name: "reloader_workqueue_adds_total", type: "counter", isThereAtStart: true),
        Family(
            name: "reloader_workqueue_latency_seconds", type: "histogram",
            buckets: ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5"]),
        Family(name: "reloader_errors_total", type: "counter", labels: ["type"]),
        Family(name: "reloader_retries_total", type: "counter", isThereAtStart: true),
        Family(name: "reloader_events_received_total", type: "counter", labels: ["event_type", "resource_type"]),
        Family(
            name: "reloader_events_processed_total", type: "counter", labels: ["event_type", "resource_type", "result"]),
        Family(name: "reloader_workloads_scanned_total", type: "counter", labels: ["kind"]),
        Family(name: "reloader_workloads_matched_total", type: "counter", labels: ["kind"]),
        Family(name: "rest_client_requests_total", type: "counter", labels: ["code", "host", "method"]),
        Family(
            name: "rest_client_request_duration_seconds", type: "histogram", labels: ["host", "verb"],
            buckets: ["0.001", "0.01", "0.05", "0.1", "0.5", "1", "5", "10", "30"]),
        Family(
            name: "rest_client_request_size_bytes", type: "histogram", labels: ["host", "verb"], buckets: sizeBuckets),
        Family(
            name: "rest_client_response_size_bytes", type: "histogram", labels: ["host", "verb"], buckets: sizeBuckets),
        Family(name: "process_cpu_seconds_total", type: "counter", isThereAtStart: true),
        Family(name: "process_resident_memory_bytes", type: "gauge", isThereAtStart: true),
        Family(name: "process_virtual_memory_bytes", type: "gauge", isThereAtStart: true),
        Family(name: "process_start_time_seconds", type: "gauge", isThereAtStart: true),
        Family(name: "process_open_fds", type: "gauge", isThereAtStart: true),
        Family(name: "process_max_fds", type: "gauge", isThereAtStart: true),
        Family(name: "process_virtual_memory_max_bytes", type: "gauge", isThereAtStart: true),
        Family(name: "process_network_receive_bytes_total", type: "counter", isThereAtStart: true),
        Family(name: "process_network_transmit_bytes_total", type: "counter", isThereAtStart: true),
    ]

    @Test func `names, types, labels and buckets are those of v1.4.21`() async throws {
        let shop = try Shop("web")
        let (exitCode, _) = try await shop.run(environment: ["METRICS_COUNT_BY_NAMESPACE": "enabled"]) { process in
            let start = Page(try await process.get("/metrics").body)
            for family in Self.families where family.isThereAtStart {
                #expect(start.types[family.name] == family.type, "\(family.name) at the start")
                #expect(start.samples(of: family) > 0, "\(family.name) at the start")
            }
            for success in ["true", "false"] {
                #expect(start.values["reloader_reload_executed_total{success=\"\(success)\"}"] == "0")
            }

            shop.server.inject(Fault(.status(500), verb: "patch"))
            try shop.server.patch(
                .configMaps, ObjectKey(namespace: "shop", name: "web"), merge: #"{"metadata":{"labels":{"a":"b"}}}"#)
            try shop.change("web", to: "2")
            try await shop.written("web")
            _ = try await shop.server.waitForRequest { $0.bodyText.contains(#""reason":"Reloaded""#) }

            var page = Page(try await process.get("/metrics").body)
            while page.values[#"reloader_reconcile_total{result="success"}"#] == nil {
                await Task.yield()
                page = Page(try await process.get("/metrics").body)
            }
            for family in Self.families {
                #expect(page.types[family.name] == family.type, "\(family.name)")
                #expect(page.samples(of: family) > 0, "\(family.name)")
                #expect(page.labels(of: family) == [Set(family.labels)], "\(family.name)")
                if family.type == "histogram" {
                    #expect(page.buckets(of: family) == family.buckets + ["+Inf"], "\(family.name)")
                }
            }
            let hosts = page.values.keys.filter { $0.hasPrefix("rest_client_requests_total{") }
            #expect(hosts.allSatisfy { $0.contains(#"host="127.0.0.1:"#) }, "\(hosts)")
            #expect(page.types.keys.filter { !page.described.contains($0) }.sorted() == [])
            #expect(page.values[#"reloader_skipped_total{reason="no_data_change"}"#] == "1")
            #expect(page.values[#"reloader_errors_total{type="handler_error"}"#] == "1")
        }
        #expect(exitCode == 0)
    }

    @Test func `nothing else is served on the port, profiles least of all`() async throws {
        let shop = try Shop("web")
        let (exitCode, lines) = try await shop.run(["--enable-pprof"]) { process in
            let live = try await process.get("/live")
            #expect(live.status == 200)
            #expect(live.body == "alive")
            for path in ["/debug/pprof/", "/debug/pprof/heap", "/", "/livex"] {
                let status = try await process.get(path).status
                #expect(status == 404, "\(path)")
            }
        }
        #expect(exitCode == 0)
        #expect(lines.contains { $0.contains("level=warning") && $0.contains("--enable-pprof") })
    }

    /// A page of metrics, taken apart.
    private struct Page {
        /// The type of each family.
        var types: [String: String] = [:]
        /// The families that say what they are.
        var described: Set<String> = []
        /// Each series, as it is written, with its value.
        var values: [String: String] = [:]

        init(_ text: String) {
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if line.hasPrefix("# TYPE "), words.count == 4 {
                    types[String(words[2])] = String(words[3])
                } else if line.hasPrefix("# HELP "), words.count > 3 {
                    described.insert(String(words[2]))
                } else if !line.hasPrefix("#"), let value = words.last {
                    values[String(line.dropLast(value.count + 1))] = String(value)
                }
            }
        }

        private func series(of family: Family) -> [Substring] {
            let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            return values.keys.compactMap { key in
                let parts = key.split(separator: "{", maxSplits: 1)
                guard let name = parts.first, suffixes.contains(where: { name == family.name + $0 }) else { return nil }
                return parts.count == 2 ? parts[1].dropLast() : ""
            }
        }

        func samples(of family: Family) -> Int { series(of: family).count }

        private func names(_ labels: Substring) -> [String: String] {
            labels.split(separator: "\",").reduce(into: [:]) { result, label in
                let parts = label.split(separator: "=\"", maxSplits: 1, omittingEmptySubsequences: false)
                result[String(parts[0])] = parts.count == 2 ? String(parts[1].filter { $0 != "\"" }) : ""
            }
        }

        /// The different sets of labels that the series of a family have.
        func labels(of family: Family) -> Set<Set<String>> {
            Set(series(of: family).map { Set(names($0).keys).subtracting(["le"]) })
        }

        func buckets(of family: Family) -> [String] {
            Set(series(of: family).compactMap { names($0)["le"] }).sorted {
                (Double($0) ?? .infinity) < (Double($1) ?? .infinity)
            }
        }
    }
}
