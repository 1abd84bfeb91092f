package import KubeClient

/// RFC 6902, with the deviations of the API server: `replace` of an absent object member adds it.
package struct JSONPatch: Sendable {
    /// The server's limit of operations.
    package static let maximumOperations = 10_000

    private enum Operation: Sendable {
        case add(Pointer, JSONValue)
        case remove(Pointer)
        case replace(Pointer, JSONValue)
        case move(from: Pointer, to: Pointer)
        case copy(from: Pointer, to: Pointer)
        case test(Pointer, JSONValue)
    }

    /// RFC 6901: the steps of a path, unescaped.
    private typealias Pointer = [String]

    /// The operations could not be applied; the server's answer to it is one generic 422.
    private struct Inapplicable: Error {}

    private let operations: [[String: JSONValue]]

    /// Reads the operations of a patch document.
    ///
    /// Throws 400 when the document is no list of objects, 413 when it is too long. A bad operation shows only when the
    /// patch is applied, as on the real server.
    package init(_ document: JSONValue) throws(APIFailure) {
        let target = "Go value of type []handlers.jsonPatchOp"
        let elements: [JSONValue]
        switch document {
        case .array(let items): elements = items
        case .null: elements = []
        default:
            throw .badRequest("error decoding patch: json: cannot unmarshal \(document.goTypeName) into \(target)")
        }
        guard elements.count <= Self.maximumOperations else {
            throw .tooLarge(
                "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), got \(elements.count)")
        }
        var operations: [[String: JSONValue]] = []
        for element in elements {
            guard case .object(let object) = element else {
                let type = "Go value of type handlers.jsonPatchOp"
                throw .badRequest("error decoding patch: json: cannot unmarshal \(element.goTypeName) into \(type)")
            }
            operations.append(Dictionary(object.members.map { ($0.name, $0.value) }) { $1 })
        }
        self.operations = operations
    }

    /// The document after all operations; throws the server's 422 when one of them fails, changing nothing.
    package func applied(to document: JSONValue) throws(APIFailure) -> JSONValue {
        var result = document
        for members in operations {
            do {
                try Self.apply(try Self.operation(members), to: &result)
            } catch {
                throw .unprocessablePatch()
            }
        }
        return result
    }

    private static func operation(_ members: [String: JSONValue]) throws(Inapplicable) -> Operation {
        func pointer(_ name: String) throws(Inapplicable) -> Pointer {
            guard let text = members[name]?.string else { throw Inapplicable() }
            if text.isEmpty { return [] }
            guard text.hasPrefix("/") else { throw Inapplicable() }
            return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { unescaped($0) }
        }
        let path = try pointer("path")
        switch members["op"]?.string {
        case "add": return .add(path, members["value"] ?? .null)
        case "remove": return .remove(path)
        case "replace": return .replace(path, members["value"] ?? .null)
        case "move": return .move(from: try pointer("from"), to: path)
        case "copy": return .copy(from: try pointer("from"), to: path)
        case "test": return .test(path, members["value"] ?? .null)
        default: throw Inapplicable()
        }
    }

    /// `~1` is a slash, `~0` a tilde; in one pass, so that `~01` is `~1`.
    private static func unescaped(_ token: Substring) -> String {
        var text = ""
        var rest = token
        while let character = rest.popFirst() {
            switch (character, rest.first) {
            case ("~", "0"): text.append("~")
            case ("~", "1"): text.append("/")
            default:
                text.append(character)
                continue
            }
            rest.removeFirst()
        }
        return text
    }

    private static func apply(_ operation: Operation, to document: inout JSONValue) throws(Inapplicable) {
        switch operation {
        case .add(let path, let value): try edit(&document, path[...]) { _ in .insert(value) }
        case .remove(let path):
            try edit(&document, path[...]) { existing throws(Inapplicable) in
                guard existing != nil else { throw Inapplicable() }
                return .remove
            }
        case .replace(let path, let value): try edit(&document, path[...]) { _ in .replace(value) }
        case .move(let from, let to):
            // A value cannot move into itself.
            guard from == to || !to.starts(with: from) else { throw Inapplicable() }
            let value = try find(document, from[...])
            try apply(.remove(from), to: &document)
            try apply(.add(to, value), to: &document)
        case .copy(let from, let to): try apply(.add(to, try find(document, from[...])), to: &document)
        case .test(let path, let expected):
            let actual = (try? find(document, path[...])) ?? .null
            guard isEqual(actual, expected) else { throw Inapplicable() }
        }
    }

    private enum Edit { case insert(JSONValue), replace(JSONValue), remove }

    /// Walks to the parent of the last step and does there what `change` says about the value found.
    private static func edit(
        _ value: inout JSONValue, _ path: ArraySlice<String>, _ change: (JSONValue?) throws(Inapplicable) -> Edit
    ) throws(Inapplicable) {
        guard let step = path.first else {
            switch try change(value) {
            case .insert(let new), .replace(let new): value = new
            case .remove: throw Inapplicable()
            }
            return
        }
        let isLast = path.count == 1
        switch value {
        case .object(var object):
            if isLast {
                switch try change(object[step]) {
                case .insert(let new), .replace(let new): object[step] = new
                case .remove: object[step] = nil
                }
            } else {
                guard var child = object[step] else { throw Inapplicable() }
                try edit(&child, path.dropFirst(), change)
                object[step] = child
            }
            value = .object(object.sortedByName)
        case .array(var elements):
            let index = try position(step, in: elements, appending: isLast)
            if isLast {
                switch try change(index < elements.count ? .some(elements[index]) : .none) {
                case .insert(let new): elements.insert(new, at: index)
                case .replace(let new):
                    guard index < elements.count else { throw Inapplicable() }
                    elements[index] = new
                case .remove: elements.remove(at: index)
                }
            } else {
                try edit(&elements[index], path.dropFirst(), change)
            }
            value = .array(elements)
        default: throw Inapplicable()
        }
    }

    private static func find(_ value: JSONValue, _ path: ArraySlice<String>) throws(Inapplicable) -> JSONValue {
        guard let step = path.first else { return value }
        switch value {
        case .object(let object):
            guard let child = object[step] else { throw Inapplicable() }
            return try find(child, path.dropFirst())
        case .array(let elements):
            return try find(elements[try position(step, in: elements, appending: false)], path.dropFirst())
        default: throw Inapplicable()
        }
    }

    /// The index that a step names: decimal, `-` for the end, negative from the end as the server's library allows.
    private static func position(
        _ step: String, in elements: [JSONValue], appending: Bool
    ) throws(Inapplicable) -> Int {
        if step == "-" {
            guard appending else { throw Inapplicable() }
            return elements.count
        }
        guard var index = Int(step) else { throw Inapplicable() }
        if index < 0 { index += elements.count }
        guard index >= 0, index < elements.count || (appending && index == elements.count) else { throw Inapplicable() }
        return index
    }

    private static func isEqual(_ lhs: JSONValue, _ rhs: JSONValue) -> Bool {
        guard case .number(let left) = lhs, case .number(let right) = rhs, left != right else { return lhs == rhs }
        guard let left = Double(left), let right = Double(right) else { return false }
        return left == right
    }
}
