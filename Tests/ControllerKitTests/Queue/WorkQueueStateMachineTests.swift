import ControllerKit
import KubeClient
import Testing

/// A state machine with the time in seconds and answers that are easy to compare.
private struct Driver {
    var machine: WorkQueueStateMachine<String>
    var now = 0.0

    init(ageing: WorkQueueStateMachine<String>.Ageing = .init()) { machine = .init(ageing: ageing) }

    @discardableResult
    mutating func add(_ key: String, after delay: Double = 0, _ priority: Priority = .normal) -> [String] {
        describe(machine.add(key, after: .seconds(delay), priority: priority, now: .seconds(now)))
    }
    mutating func take() -> String? {
        guard case .work(let work) = machine.next(now: .seconds(now)).step else { return nil }
        return work.key
    }
    mutating func takeAll() -> [String] {
        var keys: [String] = []
        while machine.readyCount > 0, let key = take() { keys.append(key) }
        return keys
    }
    @discardableResult
    mutating func release(_ key: String, again delay: Double? = nil, _ priority: Priority = .normal) -> [String] {
        describe(machine.release(key, again: delay.map { (.seconds($0), priority) }, now: .seconds(now)))
    }
    mutating func wait() -> (UInt64?, [String]) {
        let (step, actions) = machine.next(now: .seconds(now))
        guard case .wait(let waiter) = step else { return (nil, describe(actions)) }
        return (waiter, describe(actions))
    }

    func describe(_ actions: [WorkQueueStateMachine<String>.Action]) -> [String] {
        actions.map { action in
            switch action.wake {
            case .work(let work): "\(action.waiter): \(work.key)"
            case .finished: "\(action.waiter): finished"
            case .keepTime(let deadline): "\(action.waiter): until \(deadline.seconds)"
            }
        }
    }
}

@Suite("Work queue rules")
struct WorkQueueStateMachineTests {
    // MARK: client-go queue_test.go

    @Test func `TestAddWhileProcessing: a key added while in hand runs once more`() {
        var queue = Driver()
        queue.add("a")
        #expect(queue.take() == "a")
        queue.add("a")
        #expect(queue.machine.readyCount == 0)
        queue.release("a")
        #expect(queue.take() == "a")
        queue.release("a")
        #expect(queue.takeAll() == [])
    }

    @Test func `TestReinsert: a key comes back exactly once after its release`() {
        var queue = Driver()
        queue.add("foo")
        #expect(queue.take() == "foo")
        queue.add("foo")
        queue.release("foo")
        #expect(queue.take() == "foo")
        queue.release("foo")
        #expect(queue.machine.readyCount == 0)
        #expect(queue.machine.inHandCount == 0)
    }

    @Test func `TestCollapse: adding a queued key again changes nothing`() {
        var queue = Driver()
        for _ in 0..<3 { queue.add("bar") }
        #expect(queue.machine.readyCount == 1)
        #expect(queue.machine.acceptedAdds == 1)
        #expect(queue.takeAll() == ["bar"])
        queue.release("bar")
        #expect(queue.machine.readyCount == 0)
    }

    @Test func `TestCollapseWhileProcessing: any number of adds during work is one more run`() {
        var queue = Driver()
        queue.add("foo")
        #expect(queue.take() == "foo")
        for _ in 0..<5 { queue.add("foo") }
        queue.release("foo")
        #expect(queue.takeAll() == ["foo"])
    }

    @Test func `TestGarbageCollection: nothing of a key is kept once it is done`() {
        var queue = Driver()
        for index in 0..<1000 { queue.add("k\(index)", after: index % 3 == 0 ? 5 : 0) }
        queue.now = 5
        for key in queue.takeAll() { queue.release(key) }
        #expect(queue.machine.nodeCount == 0)
        #expect(queue.machine.inHandCount == 0)
    }

    @Test func `TestQueueDrainageUsingShutDownWithDrain: draining waits for ready keys and keys in hand`() {
        var queue = Driver()
        queue.add("foo")
        queue.add("bar")
        #expect(queue.take() == "foo")
        let (drainer, actions) = queue.machine.drain(now: .zero)
        #expect(drainer != nil)
        #expect(queue.describe(actions) == [])
        #expect(queue.release("foo") == [])
        #expect(queue.take() == "bar")
        #expect(queue.release("bar") == ["\(drainer ?? 0): finished"])
    }

    @Test func `TestQueueDrainageUsingShutDownWithDrainWithDirtyItem: a key that is due again is run before the end`() {
        var queue = Driver()
        queue.add("foo")
        #expect(queue.take() == "foo")
        queue.add("foo")
        let drainer = queue.machine.drain(now: .zero).waiter
        #expect(queue.release("foo") == [])
        #expect(queue.take() == "foo")
        #expect(queue.release("foo") == ["\(drainer ?? 0): finished"])
    }

    @Test func `TestForceQueueShutdownUsingShutDown: a plain shut down ends a drain`() {
        var queue = Driver()
        queue.add("foo")
        #expect(queue.take() == "foo")
        let drainer = queue.machine.drain(now: .zero).waiter
        #expect(queue.describe(queue.machine.shutDown(.handOutReady, now: .zero)) == ["\(drainer ?? 0): finished"])
    }

    @Test func `draining an empty queue is over at once`() {
        var queue = Driver()
        #expect(queue.machine.drain(now: .zero).waiter == nil)
    }

    // MARK: client-go delaying_queue_test.go

    @Test func `TestSimpleQueue: a delayed key is not ready before its time`() {
        var queue = Driver()
        queue.add("foo", after: 50)
        queue.now = 49.9
        #expect(queue.takeAll() == [] && queue.take() == nil)
        queue.now = 50
        #expect(queue.take() == "foo")
    }

    @Test func `TestDeduping: of two delays the shorter counts, and one run results`() {
        var queue = Driver()
        queue.add("foo", after: 50)
        queue.add("foo", after: 70)
        queue.now = 60
        #expect(queue.take() == "foo")
        queue.release("foo")
        queue.now = 80
        #expect(queue.take() == nil)

        queue.add("foo", after: 50)
        queue.add("foo", after: 30)
        queue.now = 110
        #expect(queue.take() == "foo")
        queue.release("foo")
        queue.now = 140
        #expect(queue.take() == nil)
    }

    @Test func `TestAddTwoFireEarly: keys fire in the order of their times, not of their adds`() {
        var queue = Driver()
        queue.add("first", after: 1)
        queue.add("second", after: 0.05)
        queue.now = 0.06
        #expect(queue.take() == "second")
        queue.add("third", after: 2)
        queue.now = 1
        #expect(queue.take() == "first")
        queue.now = 2.06
        #expect(queue.take() == "third")
    }

    @Test func `TestCopyShifting: keys that become ready together keep the order of their times`() {
        var queue = Driver()
        queue.add("first", after: 1)
        queue.add("second", after: 0.5)
        queue.add("third", after: 0.25)
        queue.now = 2
        #expect(queue.take() == "third")
        #expect(queue.take() == "second")
        #expect(queue.take() == "first")
    }

    @Test func `a key that waits and is added for now runs once`() {
        var queue = Driver()
        queue.add("a", after: 10)
        queue.add("a")
        #expect(queue.take() == "a")
        queue.release("a")
        queue.now = 20
        #expect(queue.take() == nil)
    }

    @Test func `a delay of zero or less is no delay`() {
        var queue = Driver()
        queue.add("a", after: -3)
        #expect(queue.machine.delayedCount == 0)
        #expect(queue.take() == "a")
    }

    // MARK: controller-runtime priorityqueue_test.go

    @Test func `doesn't return an item that is currently locked`() {
        var queue = Driver()
        queue.add("a")
        #expect(queue.take() == "a")
        queue.add("a", .high)
        queue.add("b", .low)
        #expect(queue.takeAll() == ["b"])
        queue.release("a")
        #expect(queue.takeAll() == ["a"])
    }

    @Test func `retains the highest priority`() {
        var queue = Driver()
        queue.add("a", .low)
        queue.add("b", .normal)
        queue.add("a", .high)
        queue.add("a", .low)
        #expect(queue.takeAll() == ["a", "b"])
    }

    @Test func `retains the lowest after duration`() {
        var queue = Driver()
        queue.add("a", after: 10)
        queue.add("a", after: 5)
        queue.add("a", after: 7)
        queue.now = 5
        #expect(queue.take() == "a")
    }

    @Test func `follows FIFO order in the new priority queue when item priority changes`() {
        var queue = Driver()
        queue.add("a", .low)
        queue.add("b", .normal)
        queue.add("c", .normal)
        queue.add("a", .normal)
        #expect(queue.takeAll() == ["b", "c", "a"])
    }

    @Test func `follows the order in which items became ready, not that in which they were added`() {
        var queue = Driver()
        queue.add("late", after: 2)
        queue.add("early", after: 1)
        queue.now = 1.5
        queue.add("now")
        queue.now = 3
        queue.add("last")
        #expect(queue.takeAll() == ["early", "now", "late", "last"])
    }

    @Test func `a delayed key that was raised is raised when its time comes`() {
        var queue = Driver()
        queue.add("a", after: 1, .low)
        queue.add("b", after: 0.5, .normal)
        queue.add("a", after: 9, .high)
        queue.now = 1
        #expect(queue.take() == "a")
        #expect(queue.take() == "b")
    }

    @Test func `a key due while in hand is ready when it is released`() {
        var queue = Driver()
        queue.add("a")
        #expect(queue.take() == "a")
        queue.add("a", after: 1)
        queue.now = 2
        #expect(queue.wait() == (1, []))
        #expect(queue.release("a") == ["1: a"])
        #expect(queue.machine.inHandCount == 1)
    }

    @Test func `a key that is still delayed when released waits on`() {
        var queue = Driver()
        queue.add("a")
        #expect(queue.take() == "a")
        queue.add("a", after: 5)
        queue.release("a")
        #expect(queue.machine.delayedCount == 1)
        #expect(queue.take() == nil)
    }

    @Test func `a change during work beats the delay of the retry`() {
        var queue = Driver()
        queue.add("a")
        #expect(queue.take() == "a")
        queue.add("a")
        queue.release("a", again: 1000)
        #expect(queue.take() == "a")
    }

    // MARK: ageing

    @Test func `without patience used up the order is strictly by priority`() {
        var queue = Driver()
        queue.add("low", .low)
        for index in 0..<20 { queue.add("n\(index)") }
        #expect(queue.takeAll().last == "low")
    }

    @Test func `a low priority that waited long gets its share of an endless stream`() {
        var queue = Driver()
        queue.add("low", .low)
        queue.add("n0")
        var order: [String] = []
        for second in 0..<12 {
            queue.now = Double(second)
            queue.add("n\(second + 1)")
            guard let key = queue.take() else { break }
            queue.release(key)
            order.append(key)
        }
        // Five seconds of patience and one take in four: the sixth at the latest comes after its patience ran out.
        #expect(order.firstIndex(of: "low") == 5)
    }

    @Test func `aged keys get a quarter of the takes, not all`() {
        var queue = Driver()
        for index in 0..<100 { queue.add("low\(index)", .low) }
        queue.now = 60
        for index in 0..<100 { queue.add("n\(index)") }
        let first = queue.takeAll().prefix(40)
        #expect(first.filter { $0.hasPrefix("low") }.count == 10)
        #expect(first.filter { $0.hasPrefix("low") } == (0..<10).map { "low\($0)" })
    }

    // MARK: waiters

    @Test func `work goes to the consumers in the order in which they came`() {
        var queue = Driver()
        #expect(queue.wait().0 == 1)
        #expect(queue.wait().0 == 2)
        #expect(queue.add("a") == ["1: a"])
        #expect(queue.add("b") == ["2: b"])
        #expect(queue.add("c") == [])
    }

    @Test func `one consumer watches the time, and is asked again only for an earlier time`() {
        var queue = Driver()
        _ = queue.wait()
        _ = queue.wait()
        #expect(queue.add("a", after: 10) == ["2: until 10.0"])
        #expect(queue.add("b", after: 20) == [])
        #expect(queue.add("c", after: 5) == ["2: until 5.0"])
        // Work goes to the others first, so that the duty is not passed on more than needed.
        #expect(queue.add("d") == ["1: d"])
        queue.now = 5
        #expect(queue.describe(queue.machine.timeReached(by: 2, now: .seconds(5))) == ["2: c"])
        // The next consumer finds out what it has to wait for.
        let (waiter, actions) = queue.wait()
        #expect(waiter == 3)
        #expect(actions == ["3: until 10.0"])
    }

    @Test func `the duty to watch the time passes on when the timekeeper gets work or is cancelled`() {
        var queue = Driver()
        _ = queue.wait()
        _ = queue.wait()
        _ = queue.wait()
        #expect(queue.add("z", after: 10) == ["3: until 10.0"])
        #expect(queue.describe(queue.machine.cancel(3, now: .zero)) == ["3: finished", "2: until 10.0"])
        #expect(queue.add("a") == ["1: a"])
        #expect(queue.add("b") == ["2: b"])
        #expect(queue.wait().1 == ["4: until 10.0"])
    }

    @Test func `a timekeeper whose key is gone keeps waiting without a time`() {
        var queue = Driver()
        _ = queue.wait()
        #expect(queue.add("a", after: 10) == ["1: until 10.0"])
        #expect(queue.add("a") == ["1: a"])
        #expect(queue.describe(queue.machine.timeReached(by: 1, now: .seconds(10))) == [])
    }

    @Test func `work of a cancelled consumer goes to the next one and keeps its place`() {
        var queue = Driver()
        queue.add("a")
        queue.add("b")
        guard case .work(let work) = queue.machine.next(now: .zero).step else {
            Issue.record("nothing ready")
            return
        }
        #expect(queue.describe(queue.machine.putBack(work, now: .zero)) == [])
        #expect(queue.takeAll() == ["a", "b"])
        queue.release("a")
        queue.release("b")

        _ = queue.wait()
        guard case .wait(let second) = queue.machine.next(now: .zero).step else {
            Issue.record("something ready")
            return
        }
        let actions = queue.machine.add("c", after: .zero, priority: .normal, now: .zero)
        guard case .work(let given)? = actions.first?.wake else {
            Issue.record("nothing given")
            return
        }
        #expect(queue.describe(queue.machine.putBack(given, now: .zero)) == ["\(second): c"])
    }

    @Test func `shut down releases all consumers and hands out what is ready`() {
        var queue = Driver()
        queue.add("a")
        queue.add("later", after: 5)
        _ = queue.machine.shutDown(.handOutReady, now: .zero)
        queue.add("too late")
        #expect(queue.take() == "a")
        #expect(queue.machine.delayedCount == 0)
        guard case .finished = queue.machine.next(now: .seconds(10)).step else {
            Issue.record("not finished")
            return
        }

        var waiting = Driver()
        _ = waiting.wait()
        _ = waiting.wait()
        let actions = waiting.machine.shutDown(.handOutReady, now: .zero)
        #expect(waiting.describe(actions) == ["1: finished", "2: finished"])
    }

    @Test func `shut down may drop what is ready`() {
        var queue = Driver()
        queue.add("a")
        queue.add("b")
        #expect(queue.take() == "a")
        queue.add("a")
        _ = queue.machine.shutDown(.dropReady, now: .zero)
        #expect(queue.release("a", again: 0) == [])
        guard case .finished = queue.machine.next(now: .zero).step else {
            Issue.record("not finished")
            return
        }
    }

    @Test func `a key whose time moves back and forth leaves no trail`() {
        var queue = Driver()
        for round in 0..<10_000 {
            queue.now = Double(round)
            queue.add("a", after: 1000)
            queue.add("a")
            #expect(queue.take() == "a")
            queue.release("a")
        }
        #expect(queue.machine.nodeCount < 100)
    }
}
