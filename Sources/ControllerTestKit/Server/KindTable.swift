import KubeClient

/// The kinds that a server has, by the names that requests and objects use.
struct KindTable: Sendable {
    private(set) var registry: KindRegistry
    private var byPath: [String: ResourceKind] = [:]
    private var byCollection: [String: ResourceKind] = [:]

    init(_ registry: KindRegistry) {
        self.registry = registry
        index()
    }

    /// Has these kinds in place of those of a collection.
    mutating func replace(_ collection: String, with kinds: [ResourceKind]) {
        registry.replace(collection, with: kinds)
        index()
    }

    private mutating func index() {
        byPath = Dictionary(registry.kinds.map { (Self.path($0.resource), $0) }) { $1 }
        byCollection = Dictionary(registry.kinds.map { ($0.collection, $0) }) { $0.isStorageVersion ? $0 : $1 }
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
