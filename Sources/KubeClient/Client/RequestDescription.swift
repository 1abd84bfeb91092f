/// What a request does, in the words that errors and logs use: `patch deployments.apps default/web`.
struct RequestDescription: Sendable, CustomStringConvertible {
    var verb: String
    var resource: APIResource
    var target: String

    init(_ verb: String, _ resource: APIResource, _ key: ObjectKey, subresource: Subresource? = nil) {
        self.verb = verb
        self.resource = resource
        self.target = subresource.map { "\(key) (\($0.name))" } ?? key.description
    }

    init(_ verb: String, _ resource: APIResource, in scope: Scope) {
        self.verb = verb
        self.resource = resource
        switch scope {
        case .all: target = resource.isNamespaced ? "in all namespaces" : ""
        case .namespace(let namespace): target = "in namespace \(namespace)"
        }
    }

    var description: String {
        target.isEmpty ? "\(verb) \(resource.qualifiedName)" : "\(verb) \(resource.qualifiedName) \(target)"
    }
}
