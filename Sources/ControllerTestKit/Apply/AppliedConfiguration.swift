import KubeClient

/// The object that an apply sends: checked, taken apart into paths, and laid over what is there.
///
/// Source: `typed` of structured-merge-diff, with the messages of the API server.
enum AppliedConfiguration {
    /// Why an object cannot be taken apart, with the path in front.
    struct Fault: Error, Equatable { var message: String }

    // MARK: check

    /// Checks a value against its place.
    static func check(_ value: JSONValue, _ shape: FieldShape, at path: String = "") throws(Fault) {
        if value.isNull { return }
        switch shape.merge {
        case .deduced: break
        case .scalar(let scalar): try check(value, scalar, at: path)
        case .structure, .map: try checkMembers(value, shape, at: path)
        case .atomic:
            if case .array(let elements) = value {
                for (index, element) in elements.enumerated() {
                    try check(element, shape.element, at: "\(path)[\(index)]")
                }
            } else if case .object = value {
                try checkMembers(value, shape, at: path)
            }
        case .set: try checkElements(value, shape, at: path) { .value($0) }
        case .keyed(let keys):
            try checkElements(value, shape, at: path) { FieldShape.pathElement(of: $0, keys: keys) }
        }
    }

    private static func checkMembers(_ value: JSONValue, _ shape: FieldShape, at path: String) throws(Fault) {
        guard case .object(let object) = value else { throw mismatch("map", value, at: path) }
        for member in object.members {
            let place = "\(path).\(member.name)"
            guard let below = shape.member(member.name) else {
                throw Fault(message: "\(place): field not declared in schema")
            }
            try check(member.value, below, at: place)
        }
    }

    private static func checkElements(
        _ value: JSONValue, _ shape: FieldShape, at path: String, name: (JSONValue) -> PathElement
    ) throws(Fault) {
        guard case .array(let elements) = value else { throw mismatch("list", value, at: path) }
        var seen: Set<PathElement> = []
        for element in elements {
            let name = name(element)
            guard seen.insert(name).inserted else {
                throw Fault(message: "\(path): duplicate entries for key \(name.shown)")
            }
            try check(element, shape.element, at: path + name.shown)
        }
    }

    private static func check(_ value: JSONValue, _ scalar: TypeSchema.Scalar, at path: String) throws(Fault) {
        switch (scalar, value) {
        case (.string, .string), (.time, .string), (.microtime, .string), (.bytes, .string), (.bool, .bool),
            (.int32, .number), (.int64, .number), (.quantity, .string), (.quantity, .number), (.intOrString, .string),
            (.intOrString, .number), (.any, _):
            return
        case (.bool, _): throw mismatch("boolean", value, at: path)
        case (.int32, _), (.int64, _): throw mismatch("numeric (int or float)", value, at: path)
        default: throw mismatch("string", value, at: path)
        }
    }

    private static func mismatch(_ expected: String, _ value: JSONValue, at path: String) -> Fault {
        Fault(message: "\(path): expected \(expected), got &value.valueUnstructured{Value:\(goPrinted(value))}")
    }

    // MARK: paths

    /// The paths that a value has: its leaves, the elements of its lists and the members of its maps.
    static func fields(of value: JSONValue, _ shape: FieldShape) -> FieldSet {
        var set = FieldSet()
        switch (shape.merge(for: value), value) {
        case (.structure, .object(let object)) where !object.isEmpty, (.map, .object(let object)) where !object.isEmpty:
            let isMap = shape.merge(for: value) == .map
            for member in object.members {
                guard let below = shape.member(member.name) else { continue }
                var child = fields(of: member.value, below)
                if isMap { child.isMember = true }
                set[.field(member.name)] = child
            }
        case (.set, .array(let elements)) where !elements.isEmpty:
            for element in elements { set.insert([.value(element)]) }
        case (.keyed(let keys), .array(let elements)) where !elements.isEmpty:
            for element in elements {
                var child = fields(of: element, shape.element)
                child.isMember = true
                set[FieldShape.pathElement(of: element, keys: keys)] = child
            }
        default: set.isMember = true
        }
        return set
    }

    // MARK: laying over

    /// What is there with an applied value over it.
    static func merged(_ applied: JSONValue, over live: JSONValue?, _ shape: FieldShape) -> JSONValue {
        guard let live else { return applied }
        switch (shape.merge(for: applied), live, applied) {
        case (.structure, .object(let old), .object(let new)), (.map, .object(let old), .object(let new)):
            var result = old
            for member in new.members {
                result[member.name] =
                    shape.member(member.name).map { merged(member.value, over: old[member.name], $0) } ?? member.value
            }
            return .object(result)
        case (.set, .array(let old), .array(let new)):
            return .array(mergedLists(old, new, name: { .value($0) }) { applied, _ in applied })
        case (.keyed(let keys), .array(let old), .array(let new)):
            return .array(
                mergedLists(old, new, name: { FieldShape.pathElement(of: $0, keys: keys) }) { applied, live in
                    merged(applied, over: live, shape.element)
                })
        default: return applied
        }
    }

    /// The applied elements in their order; the others keep their place among those that both have.
    private static func mergedLists(
        _ live: [JSONValue], _ applied: [JSONValue], name: (JSONValue) -> PathElement,
        _ merge: (_ applied: JSONValue, _ live: JSONValue?) -> JSONValue
    ) -> [JSONValue] {
        let names = Set(applied.map(name))
        let known = Dictionary(live.map { (name($0), $0) }) { first, _ in first }
        var rest = live[...]
        var result: [JSONValue] = []
        for element in applied {
            let element = (value: element, name: name(element))
            while let next = rest.first, !names.contains(name(next)) { result.append(rest.removeFirst()) }
            if let next = rest.first, name(next) == element.name { rest.removeFirst() }
            result.append(merge(element.value, known[element.name]))
        }
        return result + rest.filter { !names.contains(name($0)) }
    }

    /// A value without the paths that its manager has given up and nobody keeps.
    static func pruned(
        _ value: JSONValue, givenUp: FieldSet, kept: FieldSet?, _ shape: FieldShape
    ) -> JSONValue {
        /// The element below; nil when it goes.
        func below(_ name: PathElement, _ value: JSONValue, _ shape: FieldShape?) -> JSONValue? {
            guard let lost = givenUp[name] else { return value }
            let keepers = kept?[name]
            if lost.isMember, keepers == nil { return nil }
            return shape.map { pruned(value, givenUp: lost, kept: keepers, $0) } ?? value
        }
        switch (shape.merge(for: value), value) {
        case (.structure, .object(let object)), (.map, .object(let object)):
            return .object(
                JSONObject(
                    object.members.compactMap { member in
                        below(.field(member.name), member.value, shape.member(member.name)).map { (member.name, $0) }
                    }))
        case (.set, .array(let elements)):
            return .array(elements.filter { below(.value($0), $0, nil) != nil })
        case (.keyed(let keys), .array(let elements)):
            return .array(
                elements.compactMap { below(FieldShape.pathElement(of: $0, keys: keys), $0, shape.element) })
        default: return value
        }
    }
}
