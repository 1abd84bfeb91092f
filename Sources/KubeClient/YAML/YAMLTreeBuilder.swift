/// Puts the events of a YAML stream together to trees.
struct YAMLTreeBuilder: ~Copyable {
    /// What a part of the tree costs once aliases are expanded.
    private struct Cost {
        var nodes = 0
        var bytes = 0
    }

    private struct Anchor {
        var node: YAMLNode
        var cost: Cost
    }

    private static let maximum = Cost(nodes: 1 << 20, bytes: 64 << 20)
    private static let maximumDepth = 256

    private var parser: YAMLEventParser
    private let file: String
    private let duplicateKeys: YAMLReader.DuplicateKeys
    private var anchors: [String: Anchor] = [:]
    /// Anchors of the collections that are being read: an alias to one would contain itself.
    private var openAnchors: Set<String> = []
    private var spent = Cost()
    private var depth = 0

    init(_ parser: consuming YAMLEventParser, file: String, duplicateKeys: YAMLReader.DuplicateKeys) {
        self.parser = parser
        self.file = file
        self.duplicateKeys = duplicateKeys
    }

    mutating func documents() throws(YAMLError) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                documents.append(try node(parser.next()))
            default: continue
            }
        }
    }

    /// The value that begins with the event.
    private mutating func node(_ event: YAMLEvent) throws(YAMLError) -> YAMLNode {
        var node = YAMLNode(content: .null, line: event.line, column: event.column)
        switch event.kind {
        case .alias(let name): return try expand(name, at: event)
        case .scalar(let scalar, let anchor):
            let before = spent
            try spend(Cost(nodes: 1, bytes: scalar.text.utf8.count), at: event)
            guard let content = scalar.resolved() else {
                throw error(event, "the value does not fit its type, or JSON has no such number")
            }
            node.content = content
            remember(anchor, node, since: before)
        case .sequenceStart(let anchor):
            let before = try enter(anchor, at: event)
            var elements: [YAMLNode] = []
            while true {
                let next = try parser.next()
                if case .sequenceEnd = next.kind { break }
                elements.append(try self.node(next))
            }
            node.content = .sequence(elements)
            leave(anchor, node, since: before)
        case .mappingStart(let anchor):
            let before = try enter(anchor, at: event)
            node.content = .mapping(try members())
            leave(anchor, node, since: before)
        default: throw error(event, "a value was expected")
        }
        return node
    }

    private mutating func members() throws(YAMLError) -> [(name: String, value: YAMLNode)] {
        var members: [(name: String, value: YAMLNode)] = []
        var places: [String: Int] = [:]
        var merged: [YAMLNode] = []
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind { break }
            if case .scalar(let scalar, _) = event.kind, scalar.isMergeKey {
                merged += try mergeSources(node(parser.next()))
                continue
            }
            let name = try name(of: node(event), at: event)
            let value = try node(parser.next())
            if let place = places[name] {
                guard duplicateKeys == .lastCounts else { throw error(event, "the key is in this mapping already") }
                members[place].value = value
            } else {
                places[name] = members.count
                members.append((name, value))
            }
        }
        for case .mapping(let others) in merged.map(\.content) {
            for other in others where places[other.name] == nil {
                places[other.name] = members.count
                members.append(other)
            }
        }
        return members
    }

    private func mergeSources(_ node: YAMLNode) throws(YAMLError) -> [YAMLNode] {
        switch node.content {
        case .mapping: return [node]
        case .sequence(let elements):
            for element in elements {
                guard case .mapping = element.content else { throw mergeError(element) }
            }
            return elements
        default: throw mergeError(node)
        }
    }

    private func mergeError(_ node: YAMLNode) -> YAMLError {
        YAMLError(
            file: file, line: node.line, column: node.column,
            reason: "the merge key << takes a mapping or a sequence of mappings")
    }

    private func name(of node: YAMLNode, at event: YAMLEvent) throws(YAMLError) -> String {
        switch node.content {
        case .string(let text), .number(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .null, .sequence, .mapping: throw error(event, "a key must be a string, a number or a Boolean")
        }
    }
}

// MARK: anchors and limits
extension YAMLTreeBuilder {
    private mutating func expand(_ name: String, at event: YAMLEvent) throws(YAMLError) -> YAMLNode {
        guard !openAnchors.contains(name) else {
            throw error(event, "the alias is inside the value that it stands for")
        }
        guard let anchor = anchors[name] else { throw error(event, "no anchor of that name stands before the alias") }
        try spend(anchor.cost, at: event)
        return anchor.node
    }

    private mutating func enter(_ anchor: String?, at event: YAMLEvent) throws(YAMLError) -> Cost {
        depth += 1
        guard depth <= Self.maximumDepth else { throw error(event, "nested deeper than \(Self.maximumDepth)") }
        if let anchor { openAnchors.insert(anchor) }
        let before = spent
        try spend(Cost(nodes: 1), at: event)
        return before
    }

    private mutating func leave(_ anchor: String?, _ node: YAMLNode, since before: Cost) {
        depth -= 1
        if let anchor { openAnchors.remove(anchor) }
        remember(anchor, node, since: before)
    }

    private mutating func remember(_ anchor: String?, _ node: YAMLNode, since before: Cost) {
        guard let anchor else { return }
        anchors[anchor] = Anchor(
            node: node, cost: Cost(nodes: spent.nodes - before.nodes, bytes: spent.bytes - before.bytes))
    }

    private mutating func spend(_ cost: Cost, at event: YAMLEvent) throws(YAMLError) {
        spent.nodes += cost.nodes
        spent.bytes += cost.bytes
        guard spent.nodes <= Self.maximum.nodes, spent.bytes <= Self.maximum.bytes else {
            throw error(
                event,
                "more than \(Self.maximum.nodes) values or \(Self.maximum.bytes >> 20) MiB once aliases are expanded")
        }
    }

    private func error(_ event: YAMLEvent, _ reason: String) -> YAMLError {
        YAMLError(file: file, line: event.line, column: event.column, reason: reason)
    }
}
