import KubeClient

extension StructuralSchema {
    /// Drops what the schema does not know and fills in its defaults; returns the paths of what was dropped.
    ///
    /// For the root of an object: identity and metadata are none of the schema's business.
    func complete(_ object: inout JSONValue) -> [String] {
        var dropped: [String] = []
        let kept = ["apiVersion", "kind", "metadata"].compactMap { name in object[name].map { (name, $0) } }
        for (name, _) in kept { object.set(name, nil) }
        prune(&object, at: "", &dropped)
        fillDefaults(&object)
        for (name, value) in kept { object.set(name, value) }
        return dropped
    }

    private func prune(_ value: inout JSONValue, at path: String, _ dropped: inout [String]) {
        switch value {
        case .object(let object):
            var members: [(String, JSONValue)] = []
            for member in object.members {
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                var below = member.value
                if let schema = self.member(member.name) {
                    schema.prune(&below, at: place, &dropped)
                } else if !keeps(member.name) {
                    dropped.append(place)
                    continue
                }
                members.append((member.name, below))
            }
            value = .object(JSONObject(members))
        case .array(var elements):
            guard let schema = items.schema else { return }
            for index in elements.indices { schema.prune(&elements[index], at: "\(path)[\(index)]", &dropped) }
            value = .array(elements)
        default: break
        }
    }

    private func keeps(_ name: String) -> Bool {
        preservesUnknownFields || isEmbeddedResource && ["apiVersion", "kind", "metadata"].contains(name)
    }

    private func fillDefaults(_ value: inout JSONValue) {
        switch value {
        case .object(var object):
            for (name, schema) in properties {
                guard let standard = schema.defaultValue else { continue }
                // A null that may not be there counts as absent.
                if object[name] == nil || object[name] == .null && !schema.isNullable { object[name] = standard }
            }
            for member in object.members {
                guard let schema = self.member(member.name) else { continue }
                var below = member.value
                schema.fillDefaults(&below)
                object[member.name] = below
            }
            value = .object(object)
        case .array(var elements):
            guard let schema = items.schema else { return }
            for index in elements.indices { schema.fillDefaults(&elements[index]) }
            value = .array(elements)
        default: break
        }
    }
}
