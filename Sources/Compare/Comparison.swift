import ControllerTestKit
import KubeClient
import Logging

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The same load for two programs, in turn.
struct Comparison: Sendable {
    let options: CompareOptions
    /// Hears what is going on.
    var progress: @Sendable (String) -> Void = { _ in }

    private static let logger = Logger(label: "compare") { _ in SwiftLogNoOpLogHandler() }

    /// Plays it all.
    func run() async throws -> ComparisonTable {
        if let kubeconfig = options.kubeconfig {
            return try await run(on: KubeConfiguration.infer(environment: ["KUBECONFIG": kubeconfig]))
        }
        let server = TestAPIServer()
        return try await server.withHTTPListener { try await run(on: KubeConfiguration(server: $0)) }
    }

    private func run(on configuration: KubeConfiguration) async throws -> ComparisonTable {
        let stage = Stage(
            client: try KubeClient(configuration: configuration, logger: Self.logger),
            namespace: "compare-\(String(UInt32.random(in: 0 ... .max), radix: 36))", size: options.size)
        let recorder = Recorder(
            forwardingTo: try CurlTransport(configuration: configuration, logger: Self.logger))
        progress("creating \(2 * options.size.unrelated) objects and \(options.size.fanOut + 2) workloads")
        do {
            try await stage.prepare()
            let rollouts = Rollouts(stage, logger: Self.logger)
            let table = try await recorder.serve { url in
                try await rollouts.whileFollowing { try await rounds(stage, rollouts, recorder, url) }
            }
            await stage.cleanUp()
            return table
        } catch {
            await stage.cleanUp()
            throw error
        }
    }

    private func rounds(
        _ stage: Stage, _ rollouts: Rollouts, _ recorder: Recorder, _ url: String
    ) async throws -> ComparisonTable {
        let programs = [("Reloader", options.ours), ("the other", options.other)]
        var runs: [[Figures]] = [[], []]
        for round in 0..<options.size.rounds {
            // Who comes second finds a warmer server; each does every other time.
            for index in round % 2 == 0 ? [0, 1] : [1, 0] {
                let (name, template) = programs[index]
                progress("round \(round + 1) of \(options.size.rounds): \(name)")
                do {
                    runs[index].append(try await measure(template, stage, rollouts, recorder, url))
                } catch let failure as Performance.Failure {
                    throw Performance.Failure(description: "\(name) could not be measured: \(failure)")
                }
            }
        }
        return ComparisonTable(size: options.size, ours: .median(runs[0]), other: .median(runs[1]))
    }

    private func measure(
        _ template: CommandTemplate, _ stage: Stage, _ rollouts: Rollouts, _ recorder: Recorder, _ url: String
    ) async throws -> Figures {
        let kubeconfig = try TemporaryFile(
            """
            apiVersion: v1
            kind: Config
            current-context: compare
            clusters: [{name: compare, cluster: {server: "\(url)"}}]
            contexts: [{name: compare, context: {cluster: compare, user: compare}}]
            users: [{name: compare, user: {}}]

            """)
        defer { kubeconfig.remove() }
        let port = freePort()
        let command = try template.command { placeholder in
            switch placeholder {
            case .kubeconfig: kubeconfig.path
            case .namespace: stage.namespace
            case .port: String(port)
            }
        }
        let environment = ["KUBECONFIG": kubeconfig.path, "KUBERNETES_NAMESPACE": stage.namespace]
        return try await Performance.measure(command, environment: environment, stage, rollouts, recorder)
    }
}

/// A file that only this user can read.
private struct TemporaryFile {
    let path: String

    init(_ text: String) throws {
        var template = Array("/tmp/reloader-compare-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&template)
        guard file >= 0 else { throw Performance.Failure(description: "cannot write to /tmp") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        _ = unsafe write(file, bytes, bytes.count)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { _ = unsafe unlink(path) }
}

/// A port of 127.0.0.1 that was free a moment ago.
private func freePort() -> Int {
    let descriptor = socket(AF_INET, streamSocket, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            _ = unsafe bind(descriptor, pointer, length)
            _ = unsafe getsockname(descriptor, pointer, &length)
        }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}

#if canImport(Glibc)
private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let streamSocket = SOCK_STREAM
#endif
