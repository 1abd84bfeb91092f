import KubeClient
import Subprocess
import SystemPackage
import Testing

/// `kubectl`, as the administrator of a real cluster.
struct Kubectl {
    private let path: FilePath
    private let bed: TestBed
    private let kubeconfig: String

    /// Nil where it is not installed, and on the test server: it sends no token without TLS.
    init?(_ bed: TestBed) async {
        guard bed.place == .cluster, let kubeconfig = Cluster.kubeconfig else { return nil }
        guard let path = try? await Executable.name("kubectl").resolveExecutablePath(in: .inherit) else { return nil }
        self.path = path
        self.bed = bed
        self.kubeconfig = kubeconfig
    }

    /// What it prints; a failure is a failure of the test.
    func run(_ arguments: [String]) async throws -> String {
        let options = [
            "--kubeconfig=\(kubeconfig)", "--namespace=\(bed.namespace)",
            "--cache-dir=\(kubeconfig).cache",
        ]
        let result = try await Subprocess.run(
            .path(path), arguments: Arguments(options + arguments), input: .none, output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }
}
