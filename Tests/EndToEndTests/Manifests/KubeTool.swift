import EndToEndSupport
import Subprocess
import SystemPackage

@testable import Sandbox

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// helm or kubectl, which `make test` puts on the PATH (`scripts/kube-tools`).
struct KubeTool: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    static let helm = KubeTool("helm")
    static let kubectl = KubeTool("kubectl")

    let path: String?
    var isInstalled: Bool { path != nil }

    private init(_ name: String) {
        func variable(_ name: String) -> String? {
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
        let cache = variable("XDG_CACHE_HOME") ?? "\(variable("HOME") ?? "")/.cache"
        let folders = (variable("PATH") ?? "").split(separator: ":").map(String.init)
        path = (folders + ["\(cache)/swift-reloader/kube-tools"]).map { "\($0)/\(name)" }.first(
            where: Files.isExecutable)
    }

    /// What the program prints; fails with what it says when it does not succeed.
    func output(_ arguments: [String]) async throws -> String {
        guard let path else { throw Failure(description: "not installed") }
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: result.standardError)
        }
        return result.standardOutput
    }
}

/// A file of the repository.
func repositoryFile(_ path: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/" + path
}
