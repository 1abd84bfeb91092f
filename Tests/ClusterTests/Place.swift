import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a suite runs: the test server always, a real cluster when the environment names one.
enum Place: String, Sendable, CustomTestStringConvertible {
    case testServer, cluster

    /// Everywhere that there is.
    static let all: [Place] = Cluster.kubeconfig == nil ? [.testServer] : [.testServer, .cluster]

    /// The same, but nothing unless there is a cluster: for what takes seconds of the server's own time and is tested on a
    /// manual clock elsewhere.
    static let slow: [Place] = Cluster.kubeconfig == nil ? [] : all

    var testDescription: String { self == .testServer ? "the test server" : "a real cluster" }
}

/// The real cluster that the environment names; `scripts/cluster/with` sets these.
enum Cluster {
    /// The administrator's kubeconfig.
    static let kubeconfig = variable("CLUSTER_KUBECONFIG")
    /// The URL of its etcd, where the tests may compact history.
    static let etcd = variable("CLUSTER_ETCD")
    /// Its audit log.
    static let auditLog = variable("CLUSTER_AUDIT_LOG")

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
