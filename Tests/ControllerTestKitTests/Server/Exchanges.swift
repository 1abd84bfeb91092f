import KubeClient

@testable import ControllerTestKit

/// Sends requests as a socket would and keeps the answers.
extension TestAPIServer {
    /// An answer that needs no time.
    func answer(
        _ method: String, _ target: String, _ body: String = "", headers: [(name: String, value: String)] = []
    ) -> (status: Int, json: JSONValue) {
        let exchange = begin(ServerRequest(method: method, target: target, headers: headers, body: Array(body.utf8)))
        guard let response = exchange.immediate else { return (0, .null) }
        noteAnswer(exchange, status: response.status)
        return (response.status, (try? GoJSONParser.parse(response.body).value) ?? .null)
    }

    /// Runs a watch while `body` acts, then ends it; returns its frames.
    func frames(
        _ target: String, during body: (Collector) async throws -> Void = { _ in }
    ) async throws -> [JSONValue] {
        let collector = Collector()
        let exchange = begin(ServerRequest(method: "GET", target: target))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in try await finish(exchange, collector) }
            try await waitForRequest { $0.number == exchange.number }
            try await body(collector)
            closeWatches { $0.path == exchange.path }
            try await group.waitForAll()
            return try collector.frames.map { try GoJSONParser.parse($0).value }
        }
    }

    /// Creates a ConfigMap in `default`.
    @discardableResult
    func configMap(_ name: String, _ data: [String: String] = [:]) throws -> JSONValue {
        let members = data.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        return try create(
            .dict(
                ("apiVersion", .string("v1")), ("kind", .string("ConfigMap")),
                ("metadata", .dict(("name", .string(name)), ("namespace", .string("default")))),
                ("data", .object(JSONObject(members)))))
    }
}

extension ObjectKey {
    static func inDefault(_ name: String) -> ObjectKey { ObjectKey(namespace: "default", name: name) }
}

let configMapsPath = "/api/v1/namespaces/default/configmaps"
