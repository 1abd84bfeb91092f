/// The rules of the work queue as a value: which key is next, who gets it, and who watches the time.
///
/// There is one entry per key. Adding a key again merges: the higher priority and the earlier time win. A key that is
/// in hand is never handed out; whatever is added meanwhile waits for its release and causes exactly one more run.
/// Among ready keys the more urgent comes first, and inside a priority the one that became ready first.
///
/// Consumers that wait are known by number. Work is assigned to a consumer, not announced to it, so one release wakes
/// one consumer and no wake can be lost. While keys wait for their time, one of the waiting consumers is the
/// *timekeeper*: it alone sleeps until the earliest time.
package struct WorkQueueStateMachine<Key: Hashable & Sendable>: Sendable {
    /// A waiting consumer, or somebody who waits for the queue to drain.
    package typealias Waiter = UInt64

    /// A key that was handed out.
    package struct Work: Sendable {
        package let key: Key
        package let priority: Priority
        /// When it became ready.
        package let readySince: Duration
        /// When it was handed out.
        package let takenAt: Duration
        let sequence: UInt64
    }

    /// What a waiter is woken for.
    package enum Wake: Sendable {
        case work(Work)
        /// Nothing will come any more, or the waiter was cancelled.
        case finished
        /// Keep waiting, and call ``timeReached(by:now:)`` at this time unless woken before.
        case keepTime(until: Duration)
    }

    /// What the shell has to do, in order, outside its lock.
    package struct Action: Sendable {
        package var waiter: Waiter
        package var wake: Wake
    }

    /// The answer to a consumer that asks for work.
    package enum Step: Sendable {
        case work(Work)
        case finished
        case wait(Waiter)
    }

    /// How the queue ends.
    package enum ShutDown: Sendable { case handOutReady, dropReady }

    /// What keeps low priorities from starving.
    package struct Ageing: Sendable {
        /// A key that has been ready for so long has the right to be taken out of turn.
        package var patience: Duration = .seconds(5)
        /// One of so many takes goes to the key that has been ready longest.
        package var share = 4

        package init() {}
    }

    private struct Entry: Sendable {
        var priority: Priority
        /// When the key becomes ready; nil once it is.
        var readyAt: Duration?
        var readySince: Duration
        /// Identifies the one node in a lane or the heap that stands for this entry.
        var sequence: UInt64
    }

    private let ageing: Ageing
    private var entries: [Key: Entry] = [:]
    private var inHand: [Key: Duration] = [:]
    private var lanes = ReadyLanes<Key>()
    private var delays = DelayHeap<Key>()
    private var lastSequence: UInt64 = 0
    private var takesInTurn = 0

    private var waiters: [Waiter] = []
    private var drainers: [Waiter] = []
    private var lastWaiter: Waiter = 0
    private var timekeeper: (waiter: Waiter, deadline: Duration)?
    private var shutDownMode: ShutDown?
    private var isShuttingDown: Bool { shutDownMode != nil }

    /// How many keys could be handed out now.
    package private(set) var readyCount = 0
    /// How many keys wait for their time.
    package private(set) var delayedCount = 0
    /// How many adds were not merged into an entry that was there already.
    package private(set) var acceptedAdds: UInt64 = 0
    /// How many keys are in hand.
    package var inHandCount: Int { inHand.count }
    /// Nodes held for keys, to show that none is kept for longer than its entry.
    package var nodeCount: Int { lanes.nodeCount + delays.nodes.count }

    package init(ageing: Ageing = .init()) { self.ageing = ageing }

    // MARK: events

    /// A key needs work, once `delay` has passed; ignored after shut down.
    package mutating func add(_ key: Key, after delay: Duration, priority: Priority, now: Duration) -> [Action] {
        guard !isShuttingDown else { return [] }
        // Before anything new gets its place: what became due meanwhile was first.
        promoteDue(now)
        merge(key, readyAt: delay > .zero ? now + delay : nil, priority: priority, now: now)
        return settle(now)
    }

    /// A consumer wants a key.
    package mutating func next(now: Duration) -> (step: Step, actions: [Action]) {
        promoteDue(now)
        if let work = takeReady(now) { return (.work(work), settle(now)) }
        // Keys in hand may become ready again, but whoever holds them will come back for them.
        if isShuttingDown { return (.finished, settle(now)) }
        lastWaiter += 1
        waiters.append(lastWaiter)
        return (.wait(lastWaiter), settle(now))
    }

    /// A key is no longer in hand; `again` says when it is due once more by itself.
    package mutating func release(
        _ key: Key, again: (delay: Duration, priority: Priority)?, now: Duration
    ) -> [Action] {
        promoteDue(now)
        guard inHand.removeValue(forKey: key) != nil else { return settle(now) }
        if var entry = entries[key], entry.readyAt == nil {
            entry.sequence = freshSequence()
            entries[key] = entry
            lanes.append(key, priority: entry.priority, sequence: entry.sequence)
            readyCount += 1
        }
        if let again, !isShuttingDown {
            let readyAt = again.delay > .zero ? now + again.delay : nil
            merge(key, readyAt: readyAt, priority: again.priority, now: now)
        }
        return settle(now)
    }

    /// A consumer was cancelled after it had been given work: the next one gets it, and its place in the order stays.
    package mutating func putBack(_ work: Work, now: Duration) -> [Action] {
        guard inHand.removeValue(forKey: work.key) != nil else { return [] }
        if shutDownMode == .dropReady { return settle(now) }
        if entries[work.key]?.readyAt != nil { delayedCount -= 1 }
        let priority = max(work.priority, entries[work.key]?.priority ?? work.priority)
        entries[work.key] = Entry(
            priority: priority, readyAt: nil, readySince: work.readySince, sequence: work.sequence)
        lanes.prepend(work.key, priority: priority, sequence: work.sequence)
        readyCount += 1
        return settle(now)
    }

    /// A waiter was cancelled; without effect when it was woken already.
    package mutating func cancel(_ waiter: Waiter, now: Duration) -> [Action] {
        if let index = drainers.firstIndex(of: waiter) {
            drainers.remove(at: index)
            return [Action(waiter: waiter, wake: .finished)]
        }
        guard let index = waiters.firstIndex(of: waiter) else { return [] }
        waiters.remove(at: index)
        if timekeeper?.waiter == waiter { timekeeper = nil }
        return [Action(waiter: waiter, wake: .finished)] + settle(now)
    }

    /// The time has come that the timekeeper was told.
    package mutating func timeReached(by waiter: Waiter, now: Duration) -> [Action] {
        // Somebody else keeps the time by now, with a deadline of its own.
        guard timekeeper?.waiter == waiter else { return [] }
        timekeeper = nil
        return settle(now)
    }

    /// No more adds; keys that wait for their time are dropped, ready ones as `mode` says.
    ///
    /// Releases those who wait for the queue to drain, so that a second call ends a drain that takes too long.
    package mutating func shutDown(_ mode: ShutDown, now: Duration) -> [Action] {
        beginShutDown(mode)
        let released = drainers.map { Action(waiter: $0, wake: .finished) }
        drainers = []
        return released + settle(now)
    }

    /// Like ``shutDown(_:now:)``, for somebody who waits until nothing is ready and nothing is in hand; nil when that
    /// is so already.
    package mutating func drain(now: Duration) -> (waiter: Waiter?, actions: [Action]) {
        beginShutDown(.handOutReady)
        guard readyCount > 0 || !inHand.isEmpty else { return (nil, settle(now)) }
        lastWaiter += 1
        drainers.append(lastWaiter)
        return (lastWaiter, settle(now))
    }

    /// How long the keys in hand have been worked on: all together, and the longest.
    package func unfinishedWork(now: Duration) -> (total: Duration, longest: Duration) {
        inHand.values.reduce(into: (.zero, .zero)) { result, takenAt in
            let age = now - takenAt
            result.0 += age
            result.1 = max(result.1, age)
        }
    }

    // MARK: entries

    private mutating func freshSequence() -> UInt64 {
        lastSequence += 1
        return lastSequence
    }

    private mutating func merge(_ key: Key, readyAt: Duration?, priority: Priority, now: Duration) {
        let isInHand = inHand[key] != nil
        guard var entry = entries[key] else {
            acceptedAdds += 1
            let entry = Entry(priority: priority, readyAt: readyAt, readySince: now, sequence: freshSequence())
            entries[key] = entry
            place(key, entry, isInHand: isInHand)
            return
        }
        let wasReady = entry.readyAt == nil
        let merged: Duration? = if let old = entry.readyAt, let readyAt { min(old, readyAt) } else { nil }
        let isRaised = priority > entry.priority
        let isEarlier = merged != entry.readyAt
        guard isRaised || isEarlier else { return }
        entry.priority = max(entry.priority, priority)
        entry.readyAt = merged
        if !wasReady, merged == nil { entry.readySince = now }
        // A key that stays where it is only needs its new priority: a delayed one that was raised, and one in hand,
        // which gets its place when it is released.
        if isEarlier || (wasReady && !isInHand) {
            if !wasReady {
                delayedCount -= 1
            } else if !isInHand {
                readyCount -= 1
            }
            entry.sequence = freshSequence()
            place(key, entry, isInHand: isInHand)
        }
        entries[key] = entry
        compactIfWorthwhile()
    }

    private mutating func place(_ key: Key, _ entry: Entry, isInHand: Bool) {
        if let readyAt = entry.readyAt {
            delays.push(key, readyAt: readyAt, sequence: entry.sequence)
            delayedCount += 1
        } else if !isInHand {
            lanes.append(key, priority: entry.priority, sequence: entry.sequence)
            readyCount += 1
        }
    }

    /// Moves the keys whose time has come to the lanes.
    private mutating func promoteDue(_ now: Duration) {
        while let node = delays.first {
            guard var entry = entries[node.key], entry.sequence == node.sequence, entry.readyAt != nil else {
                _ = delays.popFirst()
                continue
            }
            guard node.readyAt <= now else { return }
            _ = delays.popFirst()
            delayedCount -= 1
            entry.readySince = node.readyAt
            entry.readyAt = nil
            entry.sequence = freshSequence()
            entries[node.key] = entry
            place(node.key, entry, isInHand: inHand[node.key] != nil)
        }
    }

    private mutating func takeReady(_ now: Duration) -> Work? {
        guard readyCount > 0, let (lane, key) = chooseReady(now) else { return nil }
        lanes.removeFirst(ofLane: lane)
        readyCount -= 1
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        inHand[key] = now
        return Work(
            key: key, priority: entry.priority, readySince: entry.readySince, takenAt: now, sequence: entry.sequence)
    }

    // Apart from `takeReady`, so that the second reference to the entries is gone when one is removed: no copy.
    private mutating func chooseReady(_ now: Duration) -> (lane: Int, key: Key)? {
        let entries = entries
        let isLive: (ReadyLanes<Key>.Node) -> Bool = { entries[$0.key]?.sequence == $0.sequence }
        guard let inTurn = lanes.mostUrgent(keeping: isLive) else { return nil }
        takesInTurn += 1
        if takesInTurn >= ageing.share, let oldest = lanes.oldest(keeping: isLive), oldest.lane != inTurn.lane,
            let entry = entries[oldest.node.key], now - entry.readySince >= ageing.patience
        {
            takesInTurn = 0
            return (oldest.lane, oldest.node.key)
        }
        return (inTurn.lane, inTurn.node.key)
    }

    /// Keeps the nodes left behind by moves from piling up: at most as many as there are entries, and a few.
    private mutating func compactIfWorthwhile() {
        let entries = entries
        if lanes.nodeCount > 2 * readyCount + 32 {
            lanes.compact { entries[$0.key]?.sequence == $0.sequence }
        }
        if delays.nodes.count > 2 * delayedCount + 32 {
            delays.compact { entries[$0.key]?.sequence == $0.sequence }
        }
    }

    private mutating func beginShutDown(_ mode: ShutDown) {
        if shutDownMode != .dropReady { shutDownMode = mode }
        delays.removeAll()
        delayedCount = 0
        switch mode {
        case .handOutReady:
            entries = entries.filter { $0.value.readyAt == nil }
        case .dropReady:
            entries = [:]
            lanes.removeAll()
            readyCount = 0
        }
    }

    // MARK: waiters

    /// Gives ready keys to waiting consumers and sees to it that somebody watches the time.
    private mutating func settle(_ now: Duration) -> [Action] {
        var actions: [Action] = []
        promoteDue(now)
        while readyCount > 0, !waiters.isEmpty, let work = takeReady(now) {
            actions.append(Action(waiter: popWaiter(), wake: .work(work)))
        }
        if isShuttingDown {
            actions += waiters.map { Action(waiter: $0, wake: .finished) }
            waiters = []
            timekeeper = nil
            if readyCount == 0, inHand.isEmpty {
                actions += drainers.map { Action(waiter: $0, wake: .finished) }
                drainers = []
            }
            return actions
        }
        guard let keeper = timekeeper?.waiter ?? waiters.last, let deadline = delays.first?.readyAt else {
            // Nothing to wait for. A timekeeper that is asleep finds that out when its time comes.
            return actions
        }
        if timekeeper == nil || deadline < timekeeper?.deadline ?? deadline {
            timekeeper = (keeper, deadline)
            actions.append(Action(waiter: keeper, wake: .keepTime(until: deadline)))
        }
        return actions
    }

    /// The consumer that has waited longest, but the timekeeper last: its duty would have to be passed on.
    private mutating func popWaiter() -> Waiter {
        let index = waiters.firstIndex { $0 != timekeeper?.waiter } ?? 0
        let waiter = waiters.remove(at: index)
        if timekeeper?.waiter == waiter { timekeeper = nil }
        return waiter
    }
}
