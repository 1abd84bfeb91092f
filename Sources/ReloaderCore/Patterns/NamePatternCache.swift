import Synchronization

/// Remembers parsed lists by their text, because the same few annotations are read again and again.
///
/// Bounded by what the lists hold: when full it starts over. Safe to use from any task.
final class NamePatternCache: Sendable {
    private struct State {
        var lists: [String: NamePatternList] = [:]
        var cost = 0
    }

    private let state = Mutex(State())
    private let largestCost: Int

    /// Creates an empty cache; `largestCost` counts bytes of text and instructions of patterns.
    init(largestCost: Int = 262_144) { self.largestCost = largestCost }

    /// The list that the text stands for.
    func list(_ annotation: String) -> NamePatternList {
        if let list = state.withLock({ $0.lists[annotation] }) { return list }
        // Compiled outside the lock: two readers may do the same work once, nobody waits for an expensive pattern.
        let list = NamePatternList(annotation)
        state.withLock { state in
            guard state.lists[annotation] == nil else { return }
            let cost = list.cost + annotation.utf8.count
            if state.cost + cost > largestCost { state = State() }
            state.lists[annotation] = list
            state.cost += cost
        }
        return list
    }
}
