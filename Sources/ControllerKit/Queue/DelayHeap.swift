/// Keys ordered by the time at which they become ready: a binary heap.
///
/// A key that moves is pushed again with a fresh sequence number; the old node stays until it surfaces or until
/// ``compact(keeping:)`` drops it. Push and pop cost O(log n).
struct DelayHeap<Key: Hashable & Sendable>: Sendable {
    struct Node: Sendable {
        var readyAt: Duration
        var sequence: UInt64
        var key: Key

        static func precedes(_ lhs: Node, _ rhs: Node) -> Bool {
            (lhs.readyAt, lhs.sequence) < (rhs.readyAt, rhs.sequence)
        }
    }

    private(set) var nodes: [Node] = []

    var first: Node? { nodes.first }

    mutating func push(_ key: Key, readyAt: Duration, sequence: UInt64) {
        nodes.append(Node(readyAt: readyAt, sequence: sequence, key: key))
        siftUp(from: nodes.count - 1)
    }

    mutating func popFirst() -> Node? {
        guard let first = nodes.first, let last = nodes.popLast() else { return nil }
        if !nodes.isEmpty {
            nodes[0] = last
            siftDown(from: 0)
        }
        return first
    }

    mutating func removeAll() { nodes = [] }

    /// Drops the nodes that no longer stand for an entry, in O(n).
    mutating func compact(keeping isLive: (Node) -> Bool) {
        nodes = nodes.filter(isLive)
        guard nodes.count > 1 else { return }
        for index in stride(from: nodes.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard Node.precedes(nodes[index], nodes[parent]) else { return }
            nodes.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < nodes.count {
                if Node.precedes(nodes[child], nodes[least]) { least = child }
            }
            guard least != index else { return }
            nodes.swapAt(index, least)
            index = least
        }
    }
}
