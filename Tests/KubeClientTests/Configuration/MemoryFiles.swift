import Synchronization

@testable import KubeClient

/// Files in memory that tests change while they are read.
final class MemoryFiles: Sendable {
    private let state: Mutex<(files: [String: String], reads: Int)>

    init(_ files: [String: String] = [:]) { state = Mutex((files, 0)) }

    subscript(path: String) -> String? {
        get { state.withLock { $0.files[path] } }
        set { state.withLock { $0.files[path] = newValue } }
    }

    var reads: Int { state.withLock { $0.reads } }

    /// A path that holds `!` cannot be read for another reason than being absent.
    var reader: FileReader {
        FileReader { [self] (path) throws(FileError) in
            let text = state.withLock { state in
                state.reads += 1
                return state.files[path]
            }
            guard let text else { throw FileError(path: path, code: 2) }
            guard text != "!" else { throw FileError(path: path, code: 13) }
            return Array(text.utf8)
        }
    }
}

/// A clock that only moves when told to.
final class StoppedClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private let offset = Mutex(Duration.zero)
    var now: Instant { Instant(offset: offset.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    func advance(by duration: Duration) { offset.withLock { $0 += duration } }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws { throw CancellationError() }
}
