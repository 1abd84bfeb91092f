import ControllerKit
import ControllerTestKit
import Testing

/// The queue's rules once more, the slow and obvious way: one list, searched from end to end each time.
private struct Model {
    struct Entry {
        var key: Int
        var priority: Priority
        var readyAt: Int?
        var readySince: Int
        var order: Int
    }
    var entries: [Entry] = []
    var inHand: Set<Int> = []
    var order = 0
    var takes = 0
    let ageing: WorkQueueStateMachine<Int>.Ageing

    var ready: [Entry] { entries.filter { $0.readyAt == nil && !inHand.contains($0.key) } }
    var delayed: [Entry] { entries.filter { $0.readyAt != nil } }

    mutating func stamp() -> Int {
        order += 1
        return order
    }
    mutating func tick(_ now: Int) {
        let due = delayed.filter { $0.readyAt ?? 0 <= now }
        for due in due.sorted(by: { ($0.readyAt ?? 0, $0.order) < ($1.readyAt ?? 0, $1.order) }) {
            guard let index = entries.firstIndex(where: { $0.key == due.key }) else { continue }
            entries[index].readySince = due.readyAt ?? 0
            entries[index].readyAt = nil
            entries[index].order = stamp()
        }
    }
    mutating func add(_ key: Int, _ delay: Int, _ priority: Priority, _ now: Int) {
        let readyAt = delay > 0 ? now + delay : nil
        guard let index = entries.firstIndex(where: { $0.key == key }) else {
            entries.append(Entry(key: key, priority: priority, readyAt: readyAt, readySince: now, order: stamp()))
            return
        }
        let old = entries[index]
        entries[index].priority = max(old.priority, priority)
        if let oldTime = old.readyAt {
            entries[index].readyAt = readyAt.map { min(oldTime, $0) }
            if entries[index].readyAt != oldTime { entries[index].order = stamp() }
            if entries[index].readyAt == nil { entries[index].readySince = now }
        } else if priority > old.priority {
            entries[index].order = stamp()
        }
    }
    mutating func take(_ now: Int) -> Int? {
        let ready = ready
        guard let top = ready.map(\.priority).max() else { return nil }
        takes += 1
        var chosen = ready.filter { $0.priority == top }.min { $0.order < $1.order }
        if takes >= ageing.share, let oldest = ready.min(by: { $0.order < $1.order }), oldest.priority != top,
            .seconds(now - oldest.readySince) >= ageing.patience
        {
            chosen = oldest
            takes = 0
        }
        guard let chosen else { return nil }
        entries.removeAll { $0.key == chosen.key }
        inHand.insert(chosen.key)
        return chosen.key
    }
    mutating func release(_ key: Int, _ again: (Int, Priority)?, _ now: Int) {
        inHand.remove(key)
        if let index = entries.firstIndex(where: { $0.key == key }), entries[index].readyAt == nil {
            entries[index].order = stamp()
        }
        if let again { add(key, again.0, again.1, now) }
    }
}

@Suite("Work queue against a model")
struct WorkQueueModelTests {
    static let seeds = ChaosPlan.ordinary(60).seeds(perSecond: 20)

    @Test("random operations give the same keys in the same order as the obvious implementation", arguments: seeds)
    func equalsModel(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ageing = WorkQueueStateMachine<Int>.Ageing()
        ageing.patience = .seconds(3)
        var machine = WorkQueueStateMachine<Int>(ageing: ageing)
        var model = Model(ageing: ageing)
        var now = 0
        let priorities: [Priority] = [.low, .normal, .normal, .high]
        for step in 0..<600 {
            let time = Duration.seconds(now)
            model.tick(now)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let key = Int.random(in: 0..<9, using: &random)
                let delay = max(0, Int.random(in: -4..<6, using: &random))
                let priority = priorities.randomElement(using: &random) ?? .normal
                _ = machine.add(key, after: .seconds(delay), priority: priority, now: time)
                model.add(key, delay, priority, now)
            case 4..<7 where !model.ready.isEmpty:
                var taken: Int?
                if case .work(let work) = machine.next(now: time).step { taken = work.key }
                let expected = model.take(now)
                #expect(taken == expected, "seed \(seed), step \(step)")
                guard taken == expected else { return }
            case 7..<9:
                guard let key = model.inHand.sorted().randomElement(using: &random) else { continue }
                var again: (Int, Priority)?
                if Bool.random(using: &random) {
                    let delay = Int.random(in: 0..<5, using: &random)
                    again = (delay, priorities.randomElement(using: &random) ?? .normal)
                }
                _ = machine.release(key, again: again.map { (.seconds($0.0), $0.1) }, now: time)
                model.release(key, again, now)
            default:
                now += Int.random(in: 0..<3, using: &random)
                model.tick(now)
                _ = machine.timeReached(by: 0, now: .seconds(now))
                // An event that says nothing but the time.
                _ = machine.release(-1, again: nil, now: .seconds(now))
                continue
            }
            // The machine promotes what is due when it is asked something, so compare after it was.
            #expect(machine.inHandCount == model.inHand.count, "seed \(seed), step \(step)")
            #expect(
                machine.readyCount + machine.delayedCount
                    == model.ready.count + model.delayed.count, "seed \(seed), step \(step)")
        }
    }

    @Test("with consumers that wait, no key is lost, shared or late", arguments: seeds)
    func consumersAreServed(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var machine = WorkQueueStateMachine<Int>()
        var now = 0
        var waiting: Set<UInt64> = []
        var holders: [Int: WorkQueueStateMachine<Int>.Work] = [:]
        var deadline: (waiter: UInt64, time: Duration)?
        // What was asked for and not yet begun: the earliest time for each key.
        var owed: [Int: Int] = [:]

        func perform(_ actions: [WorkQueueStateMachine<Int>.Action]) {
            for action in actions {
                #expect(waiting.contains(action.waiter), "seed \(seed): nobody waits under this number")
                switch action.wake {
                case .work(let work):
                    waiting.remove(action.waiter)
                    begin(work)
                    if deadline?.waiter == action.waiter { deadline = nil }
                case .finished:
                    waiting.remove(action.waiter)
                    if deadline?.waiter == action.waiter { deadline = nil }
                case .keepTime(let time): deadline = (action.waiter, time)
                }
            }
        }
        func begin(_ work: WorkQueueStateMachine<Int>.Work) {
            #expect(holders[work.key] == nil, "seed \(seed): two holders of one key")
            holders[work.key] = work
            #expect(owed[work.key].map { $0 <= now } ?? false, "seed \(seed): run without reason or too early")
            owed[work.key] = nil
        }

        for step in 0..<600 {
            let time = Duration.seconds(now)
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4:
                let key = Int.random(in: 0..<5, using: &random)
                let delay = max(0, Int.random(in: -3..<5, using: &random))
                owed[key] = min(owed[key] ?? .max, now + delay)
                perform(machine.add(key, after: .seconds(delay), priority: .normal, now: time))
            case 4..<7:
                let (answer, actions) = machine.next(now: time)
                switch answer {
                case .work(let work): begin(work)
                case .wait(let waiter): waiting.insert(waiter)
                case .finished: Issue.record("seed \(seed): finished")
                }
                perform(actions)
            case 7..<9:
                guard let key = holders.keys.sorted().randomElement(using: &random) else { continue }
                holders[key] = nil
                perform(machine.release(key, again: nil, now: time))
            case 9:
                guard let waiter = waiting.sorted().randomElement(using: &random) else { continue }
                perform(machine.cancel(waiter, now: time))
                #expect(!waiting.contains(waiter))
            case 10:
                guard let key = holders.keys.sorted().randomElement(using: &random), let work = holders[key] else {
                    continue
                }
                holders[key] = nil
                owed[key] = min(owed[key] ?? .max, now)
                perform(machine.putBack(work, now: time))
            default:
                now += 1
                if let due = deadline, due.time <= .seconds(now) {
                    deadline = nil
                    perform(machine.timeReached(by: due.waiter, now: .seconds(now)))
                }
            }
            let due = owed.filter { $0.value <= now && holders[$0.key] == nil }
            if !waiting.isEmpty {
                #expect(due.isEmpty, "seed \(seed), step \(step): consumers wait while keys are due")
                if let next = owed.filter({ holders[$0.key] == nil }).values.min() {
                    let isWatched = deadline.map { $0.time <= .seconds(next) } ?? false
                    #expect(isWatched, "seed \(seed), step \(step): nobody watches the time")
                }
            }
        }
    }
}
