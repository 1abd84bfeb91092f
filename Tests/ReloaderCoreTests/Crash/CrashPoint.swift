import ControllerTestKit
import KubeClient
import Synchronization

/// A moment at which a Reloader is killed: right before or right after one of its writes.
struct CrashPoint: Sendable, CustomStringConvertible {
    enum Moment: String, Sendable, CaseIterable { case before, after }

    /// Counts from 1.
    var write: Int
    var moment: Moment

    var description: String { "\(moment) write \(write)" }
}

/// Counts the writes of a Reloader and kills it at one of them: that write is never answered, and nothing else is either.
///
/// Events do not count: nothing depends on them.
final class Killer: Sendable {
    private let server: TestAPIServer
    private let state = Mutex((count: 0, isDead: false))

    /// Attaches to a server; without a point it only counts.
    init(_ server: TestAPIServer, at point: CrashPoint? = nil) {
        self.server = server
        // The answer that is delayed so long belongs to a request that was carried out.
        let effect: Fault.Effect = point?.moment == .after ? .delayedAnswer(.seconds(1_000_000)) : .hang
        server.inject(
            Fault(effect, times: 1) { [self] request in
                guard !request.isReadOnly, request.resource != "events" else { return false }
                return state.withLock { state in
                    guard !state.isDead else { return false }
                    state.count += 1
                    state.isDead = state.count == point?.write
                    return state.isDead
                }
            })
        server.inject(Fault(.hang, times: nil) { [self] _ in isDead })
    }

    var writes: Int { state.withLock { $0.count } }
    var isDead: Bool { state.withLock { $0.isDead } }

    /// Lets the server answer again: whoever was killed has ended.
    func detach() { server.removeFaults() }
}
