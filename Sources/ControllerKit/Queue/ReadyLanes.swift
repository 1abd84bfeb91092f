/// Ready keys: one first-in-first-out lane per priority, the most urgent lane first.
///
/// A key that moves is appended again with a fresh sequence number; the old node stays until it surfaces or until
/// ``compact(keeping:)`` drops it. There are few priorities, so lanes are found by search.
struct ReadyLanes<Key: Hashable & Sendable>: Sendable {
    struct Node: Sendable {
        var sequence: UInt64
        var key: Key
    }

    private struct Lane: Sendable {
        let priority: Priority
        // A taken slot is emptied at once, so that the queue does not keep a key alive that nobody waits for.
        var slots: [Node?] = []
        var head = 0

        var isEmpty: Bool { head == slots.count }
        var first: Node? { isEmpty ? nil : slots[head] }

        mutating func popFirst() -> Node? {
            guard let node = first else { return nil }
            slots[head] = nil
            head += 1
            if head >= 32, head * 2 >= slots.count {
                slots.removeFirst(head)
                head = 0
            }
            return node
        }

        mutating func prepend(_ node: Node) {
            if head > 0 {
                head -= 1
                slots[head] = node
            } else {
                slots.insert(node, at: 0)
            }
        }
    }

    private var lanes: [Lane] = []
    /// How many nodes are held, those that no longer stand for an entry included.
    private(set) var nodeCount = 0

    mutating func append(_ key: Key, priority: Priority, sequence: UInt64) {
        let index = lane(for: priority)
        lanes[index].slots.append(Node(sequence: sequence, key: key))
        nodeCount += 1
    }

    /// Puts a key back to the front of its lane.
    mutating func prepend(_ key: Key, priority: Priority, sequence: UInt64) {
        let index = lane(for: priority)
        lanes[index].prepend(Node(sequence: sequence, key: key))
        nodeCount += 1
    }

    /// The first key of the most urgent lane.
    mutating func mostUrgent(keeping isLive: (Node) -> Bool) -> (lane: Int, node: Node)? {
        dropStaleHeads(keeping: isLive)
        return lanes.first?.first.map { (0, $0) }
    }

    /// The key that has been ready for longest, whatever its priority.
    mutating func oldest(keeping isLive: (Node) -> Bool) -> (lane: Int, node: Node)? {
        dropStaleHeads(keeping: isLive)
        var oldest: (lane: Int, node: Node)?
        for (index, lane) in lanes.enumerated() {
            guard let node = lane.first else { continue }
            if let known = oldest, known.node.sequence < node.sequence { continue }
            oldest = (index, node)
        }
        return oldest
    }

    mutating func removeFirst(ofLane index: Int) {
        guard lanes[index].popFirst() != nil else { return }
        nodeCount -= 1
        if lanes[index].isEmpty { lanes.remove(at: index) }
    }

    mutating func removeAll() {
        lanes = []
        nodeCount = 0
    }

    /// Drops the nodes that no longer stand for an entry, in O(n).
    mutating func compact(keeping isLive: (Node) -> Bool) {
        for index in lanes.indices {
            lanes[index].slots = lanes[index].slots[lanes[index].head...].filter { $0.map(isLive) ?? false }
            lanes[index].head = 0
        }
        lanes.removeAll { $0.isEmpty }
        nodeCount = lanes.reduce(0) { $0 + $1.slots.count }
    }

    private mutating func dropStaleHeads(keeping isLive: (Node) -> Bool) {
        for index in lanes.indices.reversed() {
            while let node = lanes[index].first, !isLive(node) {
                _ = lanes[index].popFirst()
                nodeCount -= 1
            }
            if lanes[index].isEmpty { lanes.remove(at: index) }
        }
    }

    private mutating func lane(for priority: Priority) -> Int {
        for index in lanes.indices {
            if lanes[index].priority == priority { return index }
            if lanes[index].priority < priority {
                lanes.insert(Lane(priority: priority), at: index)
                return index
            }
        }
        lanes.append(Lane(priority: priority))
        return lanes.count - 1
    }
}
