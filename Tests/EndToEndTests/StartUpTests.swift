import ControllerTestKit
import ControllerTestKitTLS
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

/// What a start says when something is wrong with it: words, levels and exit codes of v1.4.21, in the format that was asked for.
@Suite(.timeLimit(.minutes(1))) struct StartUpTests {
    private let nowhere = ["HOME": "/nonexistent"]

    @Test func `without a cluster configuration it ends at once, and every line is JSON when that is wished for`()
        async throws
    {
        let (exitCode, lines) = try await ReloaderProcess.run(
            ["--log-format=JSON", "--enable-pprof", "--reload-on-create=1"],
            environment: nowhere.merging(["RELOADER_LOG_LEVEL": "loud", "RELOADER_RELOAD_STATEGY": "x"]) { $1 })
        #expect(exitCode == 1)
        let entries = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
        func level(_ text: String) -> String? {
            entries.first { $0["msg"]?.string?.contains(text) == true }?["level"]?.string
        }
        #expect(level("not a valid logrus Level: \"loud\" (RELOADER_LOG_LEVEL in the environment)") == "warning")
        #expect(level("Starting Reloader") == "info")
        #expect(level("--enable-pprof has no effect") == "warning")
        #expect(level("--reload-on-create is off") == "warning")
        #expect(level("was RELOADER_RELOAD_STRATEGY meant?") == "warning")
        #expect(level("Unable to create Kubernetes client error = ") == "fatal")
    }

    @Test func `an unknown format is text, at level info, with a warning`() async throws {
        let (exitCode, lines) = try await ReloaderProcess.run(
            ["--log-format=logfmt", "--log-level=error"], environment: nowhere)
        #expect(exitCode == 1)
        #expect(lines.first?.contains(#"level=warning msg="unsupported logging formatter: \"logfmt\"""#) == true)
        #expect(lines.contains { $0.contains("level=info") && $0.contains("Starting Reloader") })
    }

    @Test func `what is doubtful about the cluster's configuration is said once`() async throws {
        let text = """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}}]
            contexts: [{name: test, context: {cluster: test}}]

            """
        try await Kubeconfig.withFile(text: text) { path in
            let (exitCode, lines) = try await ReloaderProcess.run(
                ["--listen-address=127.0.0.1:0", "--kubeconfig=\(path)"], environment: nowhere
            ) { process in
                _ = await process.line { $0.contains("Starting Reloader") }
            }
            #expect(exitCode == 0)
            let warnings = lines.filter { $0.contains("insecure-skip-tls-verify is on") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("level=warning") == true)
        }
    }

    @Test func `an address that is taken is fatal`() async throws {
        let server = TestAPIServer()
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                let taken = url.split(separator: "//").last ?? ""
                let (exitCode, lines) = try await ReloaderProcess.run(
                    ["--listen-address=\(taken)", "--kubeconfig=\(path)"], environment: nowhere)
                #expect(exitCode == 1)
                #expect(lines.contains { $0.contains("level=fatal") && $0.contains("\(taken)") })
            }
        }
    }

    @Test func `SSL_CERT_FILE names the authorities where the kubeconfig names none`() async throws {
        let shop = try Shop()
        let (exitCode, lines) = try await Kubeconfig.withFile(text: TestCertificates.authority) { authority in
            try await shop.run(
                environment: ["SSL_CERT_FILE": authority], tls: .test,
                kubeconfig: """
                    apiVersion: v1
                    kind: Config
                    current-context: test
                    clusters: [{name: test, cluster: {server: "SERVER"}}]
                    contexts: [{name: test, context: {cluster: test}}]

                    """
            ) { _ in }
        }
        #expect(exitCode == 0)
        #expect(lines.filter { $0.contains("certificate") } == [])
    }

    @Test(
        "a signal counts from the first line on, and what it ends has gone well",
        arguments: [(Signal.terminate, []), (.interrupt, []), (.terminate, ["--enable-ha"])])
    func earlySignal(signal: Signal, flags: [String]) async throws {
        let server = TestAPIServer()
        let environment = ["POD_NAME": "a", "POD_NAMESPACE": "default"]
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                let (exitCode, lines) = try await ReloaderProcess.run(
                    ["--listen-address=127.0.0.1:0", "--kubeconfig=\(path)"] + flags,
                    environment: nowhere.merging(environment) { $1 }, endingBy: signal
                ) { process in
                    _ = await process.line { $0.contains("Starting Reloader") }
                }
                #expect(exitCode == 0, "\(lines)")
                #expect(lines.last?.contains("Reloader stopped") == true)
            }
        }
    }
}
