import Synchronization

/// The events of one watch, read by one task; see ``ResourceClient/withWatch(in:_:bufferLimit:_:)``.
///
/// Not copyable, so that no two readers share the events between them by accident.
public struct WatchEvents<Object: KubeObject>: ~Copyable {
    private let buffer: WatchBuffer<Object>

    init(_ buffer: WatchBuffer<Object>) { self.buffer = buffer }

    /// The next event, as soon as there is one; nil when the server has ended the watch.
    ///
    /// Throws what the server reported inside the stream, ``KubeError/Code/overflow`` when the reader fell too far behind,
    /// and ``KubeError/Code/cancelled``; events that came before are read first.
    public mutating func next() async throws(KubeError) -> WatchEvent<Object>? { try await buffer.next() }
}

extension ResourceClient {
    /// Watches while `body` reads; the watch ends, and its stream closes, when `body` returns or throws.
    ///
    /// ```swift
    /// try await configMaps.withWatch(in: .namespace("default")) { events in
    ///     while let event = try await events.next() { print(event) }
    /// }
    /// ```
    ///
    /// Events that are not read yet are kept, up to `bufferLimit` bytes as they were sent. Beyond, the watch is given up and the
    /// reader is told: holding the server's stream back would hold back all others on its connection. Read a last version, and watch on
    /// from there; where only the newest state of each object counts, use `Informer` of ControllerKit, which needs no buffer.
    public func withWatch<Result>(
        in scope: Scope = .all, _ options: WatchOptions = .init(), bufferLimit: Int = 32 << 20,
        _ body: (inout WatchEvents<Object>) async throws -> Result
    ) async throws -> Result {
        let buffer = WatchBuffer<Object>(limit: bufferLimit)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(KubeError) {
                    try await watch(in: scope, options) { (event, size) throws(KubeError) in
                        try buffer.append(event, size: size)
                    }
                    buffer.end(nil)
                } catch {
                    buffer.end(error)
                }
            }
            defer { group.cancelAll() }
            var events = WatchEvents(buffer)
            return try await body(&events)
        }
    }
}

/// Events on their way from the transport's thread to one reader.
final class WatchBuffer<Object: KubeObject>: Sendable {
    private typealias Reader = CheckedContinuation<WatchEvent<Object>?, any Error>

    private struct State {
        var events: [(event: WatchEvent<Object>, size: Int)] = []
        var firstIndex = 0
        var size = 0
        var reader: Reader?
        var isEnded = false
        var error: KubeError?

        mutating func takeFirst() -> WatchEvent<Object>? {
            guard firstIndex < events.count else { return nil }
            let first = events[firstIndex]
            firstIndex += 1
            size -= first.size
            // Moving the rest now and then costs each event less than once.
            if firstIndex * 2 > events.count {
                events.removeFirst(firstIndex)
                firstIndex = 0
            }
            return first.event
        }
    }

    // What an event costs besides its bytes, so that many small ones are not free.
    private static var overhead: Int { 512 }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Throws when there is no room.
    func append(_ event: WatchEvent<Object>, size: Int) throws(KubeError) {
        let size = size + Self.overhead
        let reader = try state.withLock { state throws(KubeError) -> Reader? in
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            // One event always fits, however large.
            guard state.size == 0 || state.size + size <= limit else {
                throw KubeError(
                    .overflow, "the reader of the watch is too slow: more than \(limit >> 20) MiB wait for it")
            }
            state.events.append((event, size))
            state.size += size
            return nil
        }
        reader?.resume(returning: event)
    }

    /// Nothing comes any more; `error` says why, nil when the server ended in good order.
    func end(_ error: KubeError?) {
        let reader = state.withLock { state in
            state.isEnded = true
            state.error = error
            defer { state.reader = nil }
            return state.reader
        }
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
    }

    func next() async throws(KubeError) -> WatchEvent<Object>? {
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { (reader: Reader) in
                    let answer = state.withLock { state -> Swift.Result<WatchEvent<Object>?, any Error>? in
                        if Task.isCancelled { return .failure(Self.cancellation) }
                        if let event = state.takeFirst() { return .success(event) }
                        if state.isEnded { return state.error.map { .failure($0) } ?? .success(nil) }
                        state.reader = reader
                        return nil
                    }
                    if let answer { reader.resume(with: answer) }
                }
            } onCancel: {
                let reader = state.withLock { state in
                    defer { state.reader = nil }
                    return state.reader
                }
                reader?.resume(throwing: Self.cancellation)
            }
        } catch {
            // Nothing else is ever given to a reader.
            throw error as? KubeError ?? Self.cancellation
        }
    }

    private static var cancellation: KubeError { KubeError(.cancelled, "reading the watch was cancelled") }
}
