import BenchSupport
import ControllerTestKit
import KubeClient

/// A test server and what the scenarios put into it.
struct Cluster: Sendable {
    static let namespace = "bench"

    let server = TestAPIServer()

    /// Adds objects that no workload uses.
    func addUnrelated(_ kind: Corpus.Kind, count: Int) throws {
        for index in 0..<count {
            try server.create(json: String(decoding: Corpus.object(kind, index, isNew: true), as: UTF8.self))
        }
    }

    /// Adds a small ConfigMap.
    func addConfigMap(_ name: String, in namespace: String = namespace) throws {
        let metadata = #"{"name":"\#(name)","namespace":"\#(namespace)"}"#
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":\#(metadata),"data":{"key":"0"}}"#)
    }

    /// Adds Deployments that use a ConfigMap each and have opted in.
    func addDeployments(_ prefix: String, count: Int, using config: (Int) -> String) throws {
        for index in 0..<count {
            let name = "\(prefix)-\(index)"
            try server.create(
                json: """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)",\
                    "namespace":"\(Self.namespace)","annotations":{"reloader.stakater.com/auto":"true"}},\
                    "spec":{"selector":{"matchLabels":{"app":"\(name)"}},"template":{"metadata":{"labels":{"app":"\(name)"}},\
                    "spec":{"containers":[{"name":"app","image":"busybox","envFrom":[{"configMapRef":{"name":"\(config(index))"}}]}]}}}}
                    """)
        }
    }

    /// Gives a ConfigMap another content.
    func change(_ name: String, to value: String, in namespace: String = namespace) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: namespace, name: name), merge: #"{"data":{"key":"\#(value)"}}"#)
    }

    /// Waits until this many PATCH requests have come in since the log was cleared.
    func waitForPatches(_ count: Int) async throws {
        var (seen, last) = (0, 0)
        try await server.waitForRequest(answered: false) { request in
            // Called for every entry in order, and again from the first one when more have come.
            if request.number <= last { seen = 0 }
            last = request.number
            if request.method == "PATCH", request.attributes.resource != "events" { seen += 1 }
            return seen >= count
        }
    }

    /// The requests since the log was cleared that are not watches.
    var requestCount: Int { server.requests.count { $0.attributes.verb != "watch" } }

    /// The value of the reload marker of each Deployment with the prefix.
    func markers(_ prefix: String, count: Int) throws -> [String] {
        try (0..<count).map { index in
            let key = ObjectKey(namespace: Self.namespace, name: "\(prefix)-\(index)")
            let object = try server.get(.deployments, key)
            let containers = object["spec"]?["template"]?["spec"]?["containers"]
            return containers?[0]?["env"]?[0]?["value"]?.string ?? ""
        }
    }
}
