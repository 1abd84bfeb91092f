/// When a watch sends bookmarks and when it ends: once a minute, two seconds before the end, and the end.
///
/// Source: the watch cache of the API server.
struct WatchTimetable: Sequence, IteratorProtocol {
    struct Entry: Hashable, Sendable {
        /// The time since the entry before.
        var wait: Duration
        var isEnd: Bool
    }

    private let timeout: Duration
    private var passed: Duration = .zero
    private var isOver = false

    init(timeout: Duration) { self.timeout = timeout }

    mutating func next() -> Entry? {
        guard !isOver else { return nil }
        let last = timeout - .seconds(2)
        let time = passed < last ? Swift.min(passed + .seconds(60), last) : timeout
        defer { passed = time }
        isOver = time == timeout
        return Entry(wait: time - passed, isEnd: isOver)
    }
}
