import ControllerTestKit
import KubeClient
import TestSupport
import Testing

/// An API server, the administrator's client for it, and a namespace that nobody else uses.
struct TestBed: Sendable {
    /// The administrator's, on the test server.
    static let token = "administrator"

    let place: Place
    /// The administrator's.
    let client: KubeClient
    let namespace: String
    /// Nil on a real cluster.
    let server: TestAPIServer?
    /// The administrator's.
    let configuration: KubeConfiguration

    /// Lends a test bed; its namespace is deleted afterwards.
    static func at(_ place: Place, _ body: (TestBed) async throws -> Void) async throws {
        switch place {
        case .testServer:
            let server = TestAPIServer()
            server.authenticate { $0 == token ? .admin : nil }
            try await server.withHTTPListener { url in
                var configuration = KubeConfiguration(server: url)
                configuration.credentials = try #require(BearerToken(token))
                try await TestBed(place: place, configuration: configuration, server: server).run(body)
            }
        case .cluster:
            let configuration = try KubeConfiguration.infer(environment: ["KUBECONFIG": Cluster.kubeconfig ?? ""])
            try await TestBed(place: place, configuration: configuration, server: nil).run(body)
        }
    }

    private init(place: Place, configuration: KubeConfiguration, server: TestAPIServer?) throws {
        self.place = place
        self.configuration = configuration
        self.server = server
        client = KubeClient(
            transport: try CurlTransport(
                configuration: configuration, logger: .silent, authenticatesWithoutTLS: server != nil),
            logger: .silent)
        namespace = "cluster-test-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
    }

    private func run(_ body: (TestBed) async throws -> Void) async throws {
        let namespaces = client.resource(.namespaces, as: ObjectMetadata.self)
        try await namespaces.create(Array(#"{"metadata":{"name":"\#(namespace)"}}"#.utf8))
        do { try await body(self) } catch {
            try? await namespaces.delete(ObjectKey(name: namespace))
            throw error
        }
        try await namespaces.delete(ObjectKey(name: namespace))
    }

    // MARK: Objects

    func objects(_ resource: APIResource) -> ResourceClient<UnstructuredObject> { client.resource(resource) }

    func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Creates an object in the namespace from its JSON, which need not name the namespace.
    @discardableResult
    func create(_ resource: APIResource, _ json: String) async throws -> UnstructuredObject {
        try await objects(resource).create(Array(json.utf8), in: .namespace(namespace))
    }

    @discardableResult
    func createConfigMap(_ name: String, _ data: String = #"{"k":"1"}"#) async throws -> UnstructuredObject {
        try await create(.configMaps, #"{"metadata":{"name":"\#(name)"},"data":\#(data)}"#)
    }

    @discardableResult
    func merge(_ resource: APIResource, _ name: String, _ json: String) async throws -> UnstructuredObject {
        try await objects(resource).patch(key(name), .merge(Array(json.utf8)))
    }

    func find(_ resource: APIResource, _ name: String) async throws -> UnstructuredObject? {
        do throws(KubeError) {
            return try await objects(resource).get(key(name))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Returns the first object of the namespace that satisfies a condition, now or when it comes.
    ///
    /// - Parameter name: Look at this one only.
    func first(
        _ resource: APIResource, named name: String? = nil,
        where isMatch: @escaping @Sendable (UnstructuredObject) -> Bool
    ) async throws -> UnstructuredObject {
        let found = Found()
        do throws(KubeError) {
            try await objects(resource).watch(
                in: .namespace(namespace), WatchOptions(fieldSelector: name.map { "metadata.name=\($0)" })
            ) { (event) throws(KubeError) in
                switch event {
                case .added(let object), .modified(let object):
                    guard isMatch(object) else { return }
                    found.set(object)
                    throw KubeError(.cancelled, "found")
                default: return
                }
            }
        } catch {
            guard found.object != nil else { throw error }
        }
        return try #require(found.object)
    }

    // MARK: The server

    /// Whether the server has a resource, by its own word.
    func has(_ resource: APIResource) async throws -> Bool {
        do throws(KubeError) {
            _ = try await objects(resource).list(in: .namespace(namespace), ListOptions(limit: 1))
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    /// Makes the history up to now expire; ends the test as skipped where it may not.
    func compact() async throws {
        if let server { return server.compact() }
        guard let etcd = Cluster.etcd else {
            try Test.cancel("the history of this cluster cannot be compacted: CLUSTER_ETCD is not set")
        }
        let transport = try CurlTransport(configuration: KubeConfiguration(server: etcd), logger: .silent)
        func ask(_ path: String, _ body: String) async throws -> JSONValue {
            let answer = CollectedAnswer()
            try await transport.perform(
                HTTPRequest(.post, path, body: Array(body.utf8), timeout: .seconds(10)), deliveringTo: answer)
            return try JSONValue(parsing: answer.body)
        }
        // A key that does not exist: only the header with the revision is of interest.
        let revision = try await ask("/v3/kv/range", #"{"key":"AA=="}"#)["header"]?["revision"]?.string
        _ = try await ask("/v3/kv/compaction", #"{"revision":"\#(try #require(revision))","physical":true}"#)
    }
}
