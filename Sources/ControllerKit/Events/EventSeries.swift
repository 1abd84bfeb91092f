import KubeClient

/// What to write for each event: equal events soon after one another are one Event with a count.
///
/// Bounded twice: at most ``limit`` events wait, and what was written is remembered for ``window`` and not for more than
/// ``memory`` events. Forgetting costs a new Event, nothing else. Times come with the events. Source: client-go's event
/// correlator, the `count` and `lastTimestamp` of core/v1 Event.
struct EventSeries: Sendable {
    /// What makes two events equal: everything but the time and the version of the object.
    struct Identity: Hashable, Sendable {
        var resource: APIResource
        var key: ObjectKey
        var uid: String
        var severity: RecordedEvent.Severity
        var reason: String
        var message: String
        var component: String

        init(_ event: RecordedEvent) {
            resource = event.regarding.resource
            key = event.regarding.key
            uid = event.regarding.uid
            severity = event.severity
            reason = event.reason
            message = event.message
            component = event.component
        }
    }

    /// Something to send.
    struct Write: Sendable {
        var event: RecordedEvent
        var identity: Identity
        var occurrences: Occurrences
        /// The Event to change; nil to create one.
        var name: String?
    }

    /// How often, and from when to when.
    struct Occurrences: Hashable, Sendable {
        var count: Int
        var first: Timestamp
        var last: Timestamp

        /// Both together; `later` goes on where this ends.
        func followed(by later: Occurrences) -> Occurrences {
            Occurrences(count: count + later.count, first: first, last: later.last)
        }
    }

    private struct Written: Sendable {
        var name: String
        var occurrences: Occurrences
    }

    /// How long after its last occurrence an Event is counted up instead of a new one being written, in seconds.
    static let window: Int64 = 600
    /// How many written Events are remembered.
    static let memory = 4096

    /// How many different events may wait.
    let limit: Int
    private var order: [Identity] = []
    private var waiting: [Identity: (event: RecordedEvent, occurrences: Occurrences)] = [:]
    private var written: [Identity: Written] = [:]
    /// Whether the account may change Events, as far as is known.
    private var mayPatch = true

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { order.isEmpty }
    /// How many written Events are remembered now.
    var writtenCount: Int { written.count }

    /// Takes an event that has a time; false when there is no room for it.
    mutating func add(_ event: RecordedEvent) -> Bool {
        let now = event.time ?? Timestamp(seconds: 0)
        let identity = Identity(event)
        let once = Occurrences(count: 1, first: now, last: now)
        if let before = waiting[identity] {
            waiting[identity]?.occurrences = before.occurrences.followed(by: once)
            return true
        }
        guard order.count < limit else { return false }
        order.append(identity)
        waiting[identity] = (event, once)
        return true
    }

    /// The next thing to send.
    mutating func next() -> Write? {
        guard !order.isEmpty else { return nil }
        let identity = order.removeFirst()
        guard let (event, occurrences) = waiting.removeValue(forKey: identity) else { return nil }
        if mayPatch, let before = written[identity],
            occurrences.first.seconds - before.occurrences.last.seconds <= Self.window
        {
            return Write(
                event: event, identity: identity, occurrences: before.occurrences.followed(by: occurrences),
                name: before.name)
        }
        return Write(event: event, identity: identity, occurrences: occurrences)
    }

    /// The write came through; `name` is that of the Event.
    mutating func succeeded(_ write: Write, name: String) {
        if written.count >= Self.memory, written[write.identity] == nil { forgetOld(now: write.occurrences.last) }
        written[write.identity] = Written(name: name, occurrences: write.occurrences)
    }

    /// The write failed; returns what to send instead, if anything.
    mutating func failed(_ write: Write, _ error: KubeError) -> Write? {
        written[write.identity] = nil
        // An Event lives for an hour, unless somebody deletes it; some accounts may create Events, but not change them.
        guard write.name != nil, error.isNotFound || error.isForbidden else { return nil }
        if error.isForbidden { mayPatch = false }
        var write = write
        write.name = nil
        return write
    }

    private mutating func forgetOld(now: Timestamp) {
        written = written.filter { now.seconds - $0.value.occurrences.last.seconds <= Self.window }
        // Older or newer makes no difference worth a sorted list.
        if written.count >= Self.memory { written = [:] }
    }
}
