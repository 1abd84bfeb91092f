import KubeClient

/// What a reload changes in a pod template, whatever way it is written.
public enum TemplateMutation: Hashable, Sendable {
    /// Variables of containers, by container and name.
    case markers([Marker])
    /// One annotation of the template.
    case annotation(key: String, value: String)

    /// One variable of one container.
    public struct Marker: Hashable, Sendable {
        /// The name of the container.
        public var container: String
        /// The container's position in the template.
        public var containerIndex: Int
        /// The name of the variable.
        public var name: String
        /// The new value; nil removes the variable.
        public var value: String?
        /// Where the variable stood in the container's `env` when the plan was made; nil when it was not there.
        public var index: Int?

        /// Creates a change of a variable.
        public init(container: String, containerIndex: Int, name: String, value: String?, index: Int?) {
            self.container = container
            self.containerIndex = containerIndex
            self.name = name
            self.value = value
            self.index = index
        }
    }
}

extension TemplateMutation {
    /// The patch of a built-in kind whose template lies at `path`.
    func patch(at path: [String]) -> Patch {
        switch self {
        case .markers(let markers) where markers.allSatisfy { $0.value == nil }:
            return .json(Self.removals(markers, at: path))
        case .markers(let markers):
            var json = JSONWriter()
            json.nested((path + ["spec"])[...]) { json in
                json.array("containers") { json in Self.writeContainers(markers[...], to: &json) }
            }
            return .strategicMerge(json.bytes)
        case .annotation(let key, let value):
            return .strategicMerge(Self.merge(annotation: key, value, at: path))
        }
    }

    /// A merge of one annotation: both kinds of merge patch read it alike.
    static func merge(annotation key: String, _ value: String, at path: [String]) -> [UInt8] {
        var json = JSONWriter()
        json.nested((path + ["metadata", "annotations"])[...]) { json in json.field(key, value) }
        return json.bytes
    }

    /// Removals alone: each one tested first, since positions are those of an object that may have changed meanwhile.
    private static func removals(_ markers: [Marker], at path: [String]) -> [UInt8] {
        // From the back, so that no removal moves a later one's position.
        let targets = markers.compactMap { marker in marker.index.map { (marker, $0) } }
            .sorted { ($0.0.containerIndex, $0.1) > ($1.0.containerIndex, $1.1) }
        var json = JSONWriter()
        json.array { json in
            for (marker, index) in targets {
                let entry = JSONPointer(path + ["spec", "containers", "\(marker.containerIndex)", "env", "\(index)"])
                json.operation("test", entry.appending("name")) { $0.field("value", marker.name) }
                json.operation("remove", entry)
            }
        }
        return json.bytes
    }

    private static func writeContainers(_ markers: ArraySlice<Marker>, to json: inout JSONWriter) {
        var rest = markers
        while let first = rest.first {
            let group = rest.prefix { $0.containerIndex == first.containerIndex }
            rest = rest.dropFirst(group.count)
            json.object { json in
                json.field("name", first.container)
                json.array("env") { json in
                    for marker in group {
                        json.object { json in
                            json.field("name", marker.name)
                            if let value = marker.value {
                                json.field("value", value)
                            } else {
                                json.field("$patch", "delete")
                            }
                        }
                    }
                }
            }
        }
    }
}

extension TemplateMutation {
    /// Changes the template that lies at `path` of an object; a new variable goes to the end.
    func apply(to object: inout JSONValue, at path: [String]) {
        switch self {
        case .annotation(let key, let value):
            object.modify((path + ["metadata", "annotations"])[...]) { $0[key] = .string(value) }
        case .markers(let markers):
            object.modify((path + ["spec", "containers"])[...]) { containers in
                for marker in markers {
                    var container = containers[marker.containerIndex]
                    container?.set(marker)
                    containers[marker.containerIndex] = container
                }
            }
        }
    }
}

extension JSONValue {
    /// Lends what lies at the end of a path of names; objects on the way are made where there is nothing.
    mutating func modify(_ path: ArraySlice<String>, _ body: (inout JSONValue) -> Void) {
        guard let name = path.first else { return body(&self) }
        var member = self[name] ?? .null
        member.modify(path.dropFirst(), body)
        self[name] = member
    }

    /// Sets or removes a variable of this container.
    fileprivate mutating func set(_ marker: TemplateMutation.Marker) {
        guard self["name"]?.string == marker.container else { return }
        var environment = self["env"]?.array ?? []
        let index = environment.firstIndex { $0["name"]?.string == marker.name }
        switch (marker.value, index) {
        case (let value?, let index?): environment[index] = ["name": .string(marker.name), "value": .string(value)]
        case (let value?, nil): environment.append(["name": .string(marker.name), "value": .string(value)])
        case (nil, let index?): environment.remove(at: index)
        case (nil, nil): return
        }
        self["env"] = .array(environment)
    }
}

extension JSONWriter {
    /// Objects one in the other, by the names of a path; `body` writes the members of the innermost.
    mutating func nested(_ path: ArraySlice<String>, _ body: (inout JSONWriter) -> Void) {
        object { json in
            guard let name = path.first else { return body(&json) }
            json.name(name)
            json.nested(path.dropFirst(), body)
        }
    }

    /// One operation of a JSON patch; `body` writes its value.
    mutating func operation(_ name: String, _ path: JSONPointer, _ body: (inout JSONWriter) -> Void = { _ in }) {
        object { json in
            json.field("op", name)
            json.field("path", path.description)
            body(&json)
        }
    }
}
