import KubeClient

// Tolerant as KubeClient's: what is of another type than expected is passed over.
extension JSONReader {
    /// The elements of an array; those that `element` answers nil for are left out.
    mutating func elements<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element?
    ) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        try forEachElementIfArray { (reader) throws(JSONError) in
            if let element = try element(&reader) { elements.append(element) }
        }
        return elements
    }

    /// One text field of an object; empty when there is none.
    mutating func textField(_ wanted: StaticString) throws(JSONError) -> String {
        var text = ""
        try forEachFieldIfObject { (name, reader) throws(JSONError) in
            if name == wanted { text = try reader.stringOrEmpty() }
        }
        return text
    }

    /// The annotations of a workload or a template that are worth keeping: those whose keys can be ours.
    ///
    /// Our keys are configurable and decoding does not know them, so only keys that certainly belong to others are left
    /// out, and of those only the ones that are large or change often.
    mutating func annotations() throws(JSONError) -> [String: String] {
        var annotations: [String: String] = [:]
        try forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision",
                "kubectl.kubernetes.io/restartedAt", "deprecated.daemonset.template.generation":
                break
            default:
                if try reader.peek() == .string { annotations[name.string] = try reader.string() }
            }
        }
        return annotations
    }
}
