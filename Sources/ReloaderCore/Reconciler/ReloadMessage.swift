import KubeClient
import Logging

/// The sentences that people and tools search logs and Events for; those of v1.4.21 when one config is concerned.
enum ReloadMessage {
    static func detected(_ configs: [ConfigKey]) -> String {
        let names = configs.map { "'\($0.name)' of type '\($0.type.tag)'" }.joined(separator: ", ")
        return "Changes detected in \(names) in namespace '\(configs.first?.namespace ?? "")'"
    }

    static func of(_ workload: Workload) -> String {
        "'\(workload.name)' of type '\(workload.kind.name)' in namespace '\(workload.namespace)'"
    }

    static func failedToList(_ kind: WorkloadKind, _ error: KubeError) -> String {
        "Failed to list \(noun(of: kind))s \(error)"
    }

    static func failedToGet(_ kind: WorkloadKind, _ error: KubeError) -> String {
        "Failed to get \(noun(of: kind)) \(error)"
    }

    private static func noun(of kind: WorkloadKind) -> String {
        switch kind {
        case .cronJob: "cronjob"
        case .rollout: kind.name
        default: kind.name.prefix(1).lowercased() + kind.name.dropFirst()
        }
    }
}

extension Logger {
    /// Reads a workload; a failure is told and passed on.
    func tellingFailure<Result>(
        toGet kind: WorkloadKind, _ read: () async throws(KubeError) -> Result
    ) async throws(KubeError) -> Result {
        do throws(KubeError) {
            return try await read()
        } catch {
            if error.code != .cancelled { self.error("\(ReloadMessage.failedToGet(kind, error))") }
            throw error
        }
    }
}
