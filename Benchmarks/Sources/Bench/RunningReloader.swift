import ControllerTestKit
import Glibc
import KubeClient

/// The release binary against a test server of this process, over loopback HTTP.
final class RunningReloader {
    let process: ChildProcess
    /// Seconds from the start of the process to the first 200 of `/ready`.
    let startSeconds: Double
    private let kubeconfig: String

    /// Starts it and waits until it is ready.
    init(_ binary: String, server url: String, _ flags: [String] = ["--reload-delay=0"]) async throws {
        kubeconfig = try temporaryFile(
            """
            apiVersion: v1
            kind: Config
            current-context: bench
            clusters: [{name: bench, cluster: {server: "\(url)"}}]
            contexts: [{name: bench, context: {cluster: bench}}]

            """)
        let start = ContinuousClock.now
        process = try ChildProcess(
            binary, ["--listen-address=127.0.0.1:0"] + flags, environment: ["KUBECONFIG": kubeconfig])
        var port: Int?
        while true {
            port = port ?? Self.port(in: process.lines)
            if let port, httpStatus(port: port, path: "/ready") == 200 { break }
            try await Task.sleep(for: .milliseconds(2))
            guard .now - start < .seconds(120) else {
                throw ChildProcess.LaunchFailure(message: "not ready: \(process.lines.joined(separator: "\n"))")
            }
        }
        startSeconds = (.now - start) / .seconds(1)
    }

    deinit { unlink(kubeconfig) }

    private static func port(in lines: [Substring]) -> Int? {
        guard let line = lines.first(where: { $0.contains("address=") }),
            let text = line.split(separator: "127.0.0.1:").last
        else { return nil }
        return Int(text.prefix { $0.isNumber })
    }

    /// Waits until it has used no CPU to speak of for half a second, and returns what it has used in all.
    @discardableResult
    func settled() async throws -> Double {
        var last = process.cpuSeconds
        while true {
            try await Task.sleep(for: .milliseconds(500))
            let now = process.cpuSeconds
            if now - last < 0.002 { return now }
            last = now
        }
    }
}
