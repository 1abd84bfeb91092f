import KubeClient
import Logging

/// What the load consists of.
struct LoadSize: Sendable {
    /// ConfigMaps, and as many Secrets, of 4 KiB that nothing uses.
    var unrelated = 1000
    /// Deployments that use one ConfigMap together.
    var fanOut = 50
    /// Single changes, one after the other.
    var changes = 20
    /// Changes that nothing uses.
    var unusedChanges = 100
    /// How often each program is measured.
    var rounds = 3
}

/// A namespace of an API server with the objects of the load in it.
///
/// `single`, `fan-…` and `triple` are Deployments that have opted in; the ConfigMaps that they use are called after them.
struct Stage: Sendable {
    let client: KubeClient
    let namespace: String
    let size: LoadSize

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Creates everything.
    func prepare() async throws {
        try await client.resource(.namespaces, as: ObjectMetadata.self)
            .create(Array(#"{"metadata":{"name":"\#(namespace)"}}"#.utf8))
        let payload = (0..<8).map { #""key-\#($0)":"\#(String(repeating: "value ", count: 85))""# }
        let data = "{\(payload.joined(separator: ","))}"
        try await inParallel(size.unrelated) { index in
            try await create(.configMaps, #"{"metadata":{"name":"unrelated-\#(index)"},"data":\#(data)}"#)
            try await create(.secrets, #"{"metadata":{"name":"unrelated-\#(index)"},"stringData":\#(data)}"#)
        }
        for name in ["single", "fan", "triple-0", "triple-1", "triple-2"] {
            try await create(.configMaps, #"{"metadata":{"name":"\#(name)"},"data":{"key":"0"}}"#)
        }
        try await createDeployment("single", using: ["single"])
        try await createDeployment("triple", using: ["triple-0", "triple-1", "triple-2"])
        try await inParallel(size.fanOut) { try await createDeployment("fan-\($0)", using: ["fan"]) }
    }

    /// Deletes the namespace.
    func cleanUp() async {
        try? await client.resource(.namespaces, as: ObjectMetadata.self).delete(ObjectKey(name: namespace))
    }

    /// Gives a ConfigMap another content.
    func change(_ name: String, to value: String) async throws {
        try await client.resource(.configMaps, as: ObjectMetadata.self)
            .patch(key(name), .merge(Array(#"{"data":{"key":"\#(value)"}}"#.utf8)))
    }

    private func create(_ resource: APIResource, _ json: String) async throws {
        try await client.resource(resource, as: ObjectMetadata.self)
            .create(Array(json.utf8), in: .namespace(namespace))
    }

    private func createDeployment(_ name: String, using configs: [String]) async throws {
        let sources = configs.map { #"{"configMapRef":{"name":"\#($0)"}}"# }.joined(separator: ",")
        // Nothing has to run: only the template is of interest.
        try await create(
            .deployments,
            """
            {"metadata":{"name":"\(name)","annotations":{"reloader.stakater.com/auto":"true"}},\
            "spec":{"replicas":0,"selector":{"matchLabels":{"app":"\(name)"}},\
            "template":{"metadata":{"labels":{"app":"\(name)"}},\
            "spec":{"containers":[{"name":"app","image":"busybox","envFrom":[\(sources)]}]}}}}
            """)
    }

    private func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= 16 { try await group.next() }
                group.addTask { try await body(index) }
            }
            try await group.waitForAll()
        }
    }
}
