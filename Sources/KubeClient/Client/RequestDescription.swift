/// What a request does, in the words that errors and logs use: `patch deployments.apps default/web`.
struct RequestDescription: Sendable, CustomStringConvertible {
    var verb: String
    private var object: String
    private var target: String

    init(_ verb: String, _ resource: APIResource, _ key: ObjectKey, subresource: Subresource? = nil) {
        self.verb = verb
        object = resource.qualifiedName
        self.target = subresource.map { "\(key) (\($0.name))" } ?? key.description
    }

    init(_ verb: String, _ resource: APIResource, in scope: Scope) {
        self.verb = verb
        object = resource.qualifiedName
        switch scope {
        case .all: target = resource.isNamespaced ? "in all namespaces" : ""
        case .namespace(let namespace): target = "in namespace \(namespace)"
        }
    }

    init(_ verb: String, path: String) {
        self.verb = verb
        object = path
        target = ""
    }

    var description: String { target.isEmpty ? "\(verb) \(object)" : "\(verb) \(object) \(target)" }
}
