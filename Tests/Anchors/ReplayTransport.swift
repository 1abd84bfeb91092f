import KubeClient
import Logging
import Synchronization

/// A transport whose answers are made by a closure; remembers what was asked.
final class ReplayTransport: Transport {
    var host: String { "in-process" }

    typealias Handler =
        @Sendable (HTTPRequest, any ResponseReceiver) async throws(KubeError) -> Void

    private let handler: Handler
    private let sent = Mutex<[HTTPRequest]>([])

    init(_ handler: @escaping Handler) { self.handler = handler }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        sent.withLock { $0.append(request) }
        try await handler(request, receiver)
    }
}

extension ResponseReceiver {
    /// The head of a good answer in JSON.
    func begin() throws(KubeError) {
        try receive(HTTPResponseHead(status: 200, headers: [("Content-Type", "application/json")]))
    }

    /// A part of the body, in pieces of `size` bytes.
    func send(_ text: String, inPiecesOf size: Int = .max) throws(KubeError) {
        let bytes = Array(text.utf8)
        let span = unsafe bytes.span.bytes
        var start = 0
        while start < span.byteCount {
            let end = start + min(size, span.byteCount - start)
            try receive(span.extracting(start..<end))
            start = end
        }
    }
}

extension Logger {
    /// Writes nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// What happened, in order, from any task.
final class Notes<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])

    func append(_ element: Element) { state.withLock { $0.append(element) } }
    var all: [Element] { state.withLock { $0 } }
}

/// A clock on which every sleep is over at once, but still gives way to other tasks.
struct InstantClock: Clock {
    struct Instant: InstantProtocol {
        var offset = Duration.zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    var now: Instant { Instant() }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        await Task.yield()
    }
}
