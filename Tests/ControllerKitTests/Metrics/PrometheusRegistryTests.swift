import CoreMetrics
import Testing

@testable import ControllerKit

@Suite("Prometheus registry")
struct PrometheusRegistryTests {
    let registry = PrometheusRegistry(reportsProcess: false)
    var text: String { String(decoding: registry.exposition(), as: UTF8.self) }

    @Test("an empty registry prints nothing")
    func empty() { #expect(text == "") }

    @Test("certificates of credential plugins have metrics where a plugin is in use")
    func credentialPlugins() {
        registry.refreshCredentialPlugins(timeToLive: nil)
        #expect(text == "")
        registry.refreshCredentialPlugins(timeToLive: .infinity)
        #expect(text.contains("\nrest_client_exec_plugin_ttl_seconds +Inf\n"))
        registry.refreshCredentialPlugins(timeToLive: -3)
        #expect(text.contains("\nrest_client_exec_plugin_ttl_seconds -3\n"))
        #expect(text.contains("rest_client_exec_plugin_certificate_rotation_age_bucket{le=\"124416000\"} 0"))
    }

    @Test("every type prints as the text format says, by name and then by labels")
    func golden() {
        registry.describe("requests_total", help: "Requests, by code.", type: .counter, labels: ["code"])
        registry.describe("up", help: "Whether it runs.", type: .gauge)
        registry.describe("pauses_seconds", help: "Pauses.", type: .histogram, buckets: [0.1, 0.5, 1])
        Counter(label: "requests_total", dimensions: [("code", "404")], factory: registry).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("code", "200")], factory: registry).increment(by: 7)
        FloatingPointCounter(label: "joules_total", factory: registry).increment(by: 0.25)
        Gauge(label: "temperature", dimensions: [("room", "b"), ("house", "a")], factory: registry).record(-3.5)
        Meter(label: "up", factory: registry).set(1)
        let timer = Timer(label: "pauses_seconds", factory: registry)
        timer.recordMilliseconds(50)
        timer.recordMilliseconds(500)
        timer.recordSeconds(20)
        Recorder(label: "sizes", dimensions: [("kind", "x")], factory: registry).record(3)
        #expect(
            text == """
                # TYPE joules_total counter
                joules_total 0.25
                # HELP pauses_seconds Pauses.
                # TYPE pauses_seconds histogram
                pauses_seconds_bucket{le="0.1"} 1
                pauses_seconds_bucket{le="0.5"} 2
                pauses_seconds_bucket{le="1"} 2
                pauses_seconds_bucket{le="+Inf"} 3
                pauses_seconds_sum 20.55
                pauses_seconds_count 3
                # HELP requests_total Requests, by code.
                # TYPE requests_total counter
                requests_total{code="200"} 7
                requests_total{code="404"} 2
                # TYPE sizes histogram
                sizes_bucket{kind="x",le="0.005"} 0
                sizes_bucket{kind="x",le="0.01"} 0
                sizes_bucket{kind="x",le="0.025"} 0
                sizes_bucket{kind="x",le="0.05"} 0
                sizes_bucket{kind="x",le="0.1"} 0
                sizes_bucket{kind="x",le="0.25"} 0
                sizes_bucket{kind="x",le="0.5"} 0
                sizes_bucket{kind="x",le="1"} 0
                sizes_bucket{kind="x",le="2.5"} 0
                sizes_bucket{kind="x",le="5"} 1
                sizes_bucket{kind="x",le="10"} 1
                sizes_bucket{kind="x",le="+Inf"} 1
                sizes_sum{kind="x"} 3
                sizes_count{kind="x"} 1
                # TYPE temperature gauge
                temperature{house="a",room="b"} -3.5
                # HELP up Whether it runs.
                # TYPE up gauge
                up 1

                """)
    }

    @Test("a declared metric without labels exists from the start, one with labels from its first use")
    func declared() {
        registry.describe("a_total", help: "A.", type: .counter)
        registry.describe("b_total", help: "B.", type: .counter, labels: ["x"])
        registry.describe("c_seconds", help: "C.", type: .histogram, buckets: [1])
        #expect(
            text == """
                # HELP a_total A.
                # TYPE a_total counter
                a_total 0
                # HELP c_seconds C.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="1"} 0
                c_seconds_bucket{le="+Inf"} 0
                c_seconds_sum 0
                c_seconds_count 0

                """)
        _ = Counter(label: "b_total", dimensions: [("x", "1")], factory: registry)
        #expect(text.contains("b_total{x=\"1\"} 0\n"))
    }

    @Test("values and help texts are escaped")
    func escaping() {
        registry.describe("a_total", help: "One \\ two\nthree \"four\".", type: .counter, labels: ["v"])
        Counter(label: "a_total", dimensions: [("v", "back\\slash \"quote\"\nline é")], factory: registry).increment()
        #expect(text.contains("# HELP a_total One \\\\ two\\nthree \"four\".\n"))
        #expect(text.contains("a_total{v=\"back\\\\slash \\\"quote\\\"\\nline é\"} 1\n"))
    }

    @Test(
        "names are made valid",
        arguments: [("http.requests-total", "http_requests_total"), ("9lives", "_lives"), ("a:b", "a:b"), ("", "_")])
    func names(given: String, printed: String) {
        Counter(label: given, factory: registry).increment()
        #expect(text == "# TYPE \(printed) counter\n\(printed) 1\n")
    }

    @Test("the order of dimensions does not matter, and the last of equal names counts")
    func dimensionOrder() {
        Counter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: registry).increment()
        Counter(label: "a", dimensions: [("y", "2"), ("x", "0"), ("x", "1")], factory: registry).increment()
        #expect(text == "# TYPE a counter\na{x=\"1\",y=\"2\"} 2\n")
    }

    @Test("the same name and labels are the same series, whichever kind of counter asks")
    func sharing() {
        Counter(label: "a", factory: registry).increment(by: 2)
        FloatingPointCounter(label: "a", factory: registry).increment(by: 0.5)
        #expect(text == "# TYPE a counter\na 2.5\n")
    }

    @Test("counters never go down")
    func countersGoUp() {
        let counter = Counter(label: "a", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(text.contains("\na 5\n"))
        counter.reset()
        #expect(text.contains("\na 0\n"))
    }

    @Test("a name that is taken by another type is reported to nowhere and harms nothing")
    func typeConflict() {
        Counter(label: "a", factory: registry).increment()
        Meter(label: "a", factory: registry).set(9)
        Timer(label: "a", factory: registry).recordSeconds(9)
        #expect(text == "# TYPE a counter\na 1\n")
    }

    @Test("series above the limit are collected under one")
    func bounded() {
        let registry = PrometheusRegistry(seriesLimit: 2, reportsProcess: false)
        for namespace in ["a", "b", "c", "d"] {
            Counter(label: "x_total", dimensions: [("namespace", namespace)], factory: registry).increment()
        }
        Counter(label: "x_total", dimensions: [("namespace", "a")], factory: registry).increment()
        #expect(
            String(decoding: registry.exposition(), as: UTF8.self) == """
                # TYPE x_total counter
                x_total{namespace="_other"} 2
                x_total{namespace="a"} 2
                x_total{namespace="b"} 1

                """)
    }

    @Test("a destroyed series is gone")
    func destroy() {
        let counter = Counter(label: "a", factory: registry)
        counter.destroy()
        #expect(text == "")
    }

    @Test(
        "numbers print as Prometheus reads them",
        arguments: [
            (0.0, "0"), (-0.0, "0"), (1, "1"), (0.005, "0.005"), (1e-8, "1e-08"), (1e21, "1e+21"), (1.5, "1.5"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (123_456_789, "123456789"),
        ])
    func numbers(value: Double, printed: String) { #expect(ExpositionWriter.number(value) == printed) }

    @Test("buckets are sorted, each once, without infinity; a value on a bound belongs below it")
    func buckets() {
        registry.describe("a", help: "A.", type: .histogram, buckets: [5, 1, .infinity, 1])
        let recorder = Recorder(label: "a", factory: registry)
        recorder.record(1)
        recorder.record(5.5)
        recorder.record(Double.nan)
        let buckets = "a_bucket{le=\"1\"} 1\na_bucket{le=\"5\"} 1\na_bucket{le=\"+Inf\"} 2\n"
        #expect(text.contains(buckets + "a_sum 6.5\na_count 2\n"))
    }

    @Test("gauges that change by themselves are brought up to date before they are printed")
    func refresh() {
        let gauge = Meter(label: "a", factory: registry)
        registry.refresh { gauge.increment() }
        #expect(text.contains("\na 1\n"))
        #expect(text.contains("\na 2\n"))
    }

    @Test("nothing is lost when many tasks report at once")
    func concurrency() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let meter = Meter(label: "m", factory: registry)
                    for index in 0..<1000 {
                        Counter(label: "c", dimensions: [("i", "\(index % 5)")], factory: registry).increment()
                        meter.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(text.contains("m 4000\n"))
        for index in 0..<5 { #expect(text.contains("c{i=\"\(index)\"} 1600\n")) }
    }
}

@Suite("Process metrics")
struct ProcessMetricsTests {
    @Test("the numbers are read from proc(5) texts, whatever the program is called")
    func parsing() {
        let metrics = ProcessMetrics(
            stat: """
                7 (a) b (c) S 1 7 7 0 -1 4194560 1200 0 0 0 150 50 0 0 20 0 9 0 4200 104857600 2560 18446744073709551615
                """,
            systemStat: "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n",
            limits: "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max open files            1024                 524288               files\n"
                + "Max address space         unlimited            unlimited            bytes\n",
            network: "TcpExt: SyncookiesSent\nTcpExt: 7\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 1 2000 300\n",
            openFiles: 12, ticksPerSecond: 100, pageSize: 4096)
        #expect(metrics?.cpuSeconds == 2)
        #expect(metrics?.residentBytes == 10_485_760)
        #expect(metrics?.virtualBytes == 104_857_600)
        #expect(metrics?.threads == 9)
        #expect(metrics?.startTime == 1_700_000_042)
        #expect(metrics?.openFiles == 12)
        #expect(metrics?.maxFiles == 1024)
        #expect(metrics?.maxVirtualBytes == Double(UInt64.max))
        #expect(metrics?.receivedBytes == 2000)
        #expect(metrics?.sentBytes == 300)
    }

    @Test("what is missing is left out, what is broken gives nothing", arguments: ["", "7 (x", "7 (x) S 1 2"])
    func broken(stat: String) {
        #expect(
            ProcessMetrics(
                stat: stat, systemStat: nil, limits: nil, openFiles: nil, ticksPerSecond: 100, pageSize: 4096) == nil)
    }

    #if os(Linux)
    @Test("this process is reported")
    func current() {
        let text = String(decoding: PrometheusRegistry().exposition(), as: UTF8.self)
        for name in [
            "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
            "process_start_time_seconds", "process_max_fds", "process_virtual_memory_max_bytes",
            "process_network_receive_bytes_total", "process_network_transmit_bytes_total",
        ] {
            #expect(text.contains("\n\(name) "), "\(name)")
        }
        #expect(ProcessMetrics.current()?.residentBytes ?? 0 > 1_000_000)
    }
    #endif
}
