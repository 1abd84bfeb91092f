import ControllerTestKit
import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One of the examples as a process of its own, as users run it.
struct Example {
    var name: String
    var arguments: [String] = []

    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Runs the example while `body` does; then it has to end by itself after SIGTERM, with exit code 0.
    func run(_ kubeconfig: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(Self.directory).appending(name)), arguments: Arguments(arguments),
            environment: .custom(["KUBECONFIG": kubeconfig]), input: .none, output: .discarded,
            error: .currentStandardError
        ) { execution in
            try await body()
            try execution.send(signal: .terminate)
        }
        guard case .exited(0) = result.terminationStatus else {
            throw Failure(description: "\(name) ended with \(result.terminationStatus)")
        }
    }

    /// Where this program is, and the examples with it.
    private static var directory: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }
}

/// A kubeconfig in a file of its own.
func withKubeconfig<Result: Sendable>(
    server: String, _ body: (_ path: String) async throws -> Result
) async throws -> Result {
    let text = """
        apiVersion: v1
        kind: Config
        current-context: check
        clusters: [{name: check, cluster: {server: "\(server)"}}]
        contexts: [{name: check, context: {cluster: check}}]

        """
    var template = Array("/tmp/self-check-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8)
    let written = write(file, bytes, bytes.count)
    close(file)
    defer { unlink(path) }
    guard written == bytes.count else { throw Example.Failure(description: "cannot write \(path)") }
    return try await body(path)
}
