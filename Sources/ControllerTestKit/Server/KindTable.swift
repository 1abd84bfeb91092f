import KubeClient

/// The kinds that a server has, by the names that requests and objects use.
struct KindTable: Sendable {
    let registry: KindRegistry
    private let byPath: [String: ResourceKind]
    private let byCollection: [String: ResourceKind]

    init(_ registry: KindRegistry) {
        self.registry = registry
        byPath = Dictionary(registry.kinds.map { (Self.path($0.resource), $0) }) { $1 }
        byCollection = Dictionary(registry.kinds.map { ($0.collection, $0) }) { $1 }
    }

    var all: [ResourceKind] { registry.kinds }

    func kind(_ attributes: RequestAttributes) -> ResourceKind? {
        byPath["\(attributes.group)/\(attributes.version)/\(attributes.resource)"]
    }
    func kind(storedIn collection: String) -> ResourceKind? { byCollection[collection] }
    func kind(apiVersion: String, kind: String) -> ResourceKind? { registry.kind(apiVersion: apiVersion, kind: kind) }

    private static func path(_ resource: APIResource) -> String {
        "\(resource.group)/\(resource.version)/\(resource.plural)"
    }
}
