import Synchronization

/// Who waits for which collection.
final class WatchHub: Sendable {
    private struct Listener {
        var id: UInt64
        var collection: String
        var attributes: RequestAttributes?
        var mailbox: Mailbox
    }

    private struct State {
        var nextID: UInt64 = 0
        // In the order of their coming, which is that in which they are woken.
        var listeners: [Listener] = []
    }

    /// What to listen to for watches that begin or end.
    static let watchList = "@watches"

    private let state = Mutex(State())

    /// Registers a mailbox for the length of `body`; `attributes` make it a watch that can be closed.
    func listening<Result>(
        to collection: String, attributes: RequestAttributes? = nil, _ body: (Mailbox) async throws -> Result
    ) async rethrows -> Result {
        let mailbox = Mailbox()
        let id = state.withLock { state -> UInt64 in
            state.nextID += 1
            state.listeners.append(
                Listener(id: state.nextID, collection: collection, attributes: attributes, mailbox: mailbox))
            return state.nextID
        }
        if attributes != nil { notify([Self.watchList]) }
        defer {
            state.withLock { $0.listeners.removeAll { $0.id == id } }
            if attributes != nil { notify([Self.watchList]) }
        }
        return try await body(mailbox)
    }

    /// Tells who listens to one of the collections.
    func notify(_ collections: Set<String>) {
        guard !collections.isEmpty else { return }
        let mailboxes = state.withLock { state in
            state.listeners.filter { collections.contains($0.collection) }.map(\.mailbox)
        }
        for mailbox in mailboxes { mailbox.post(.changed) }
    }

    /// Ends the watches that match; returns how many.
    @discardableResult
    func close(where isClosed: (RequestAttributes) -> Bool) -> Int {
        let mailboxes = state.withLock { state in
            state.listeners.filter { $0.attributes.map(isClosed) ?? false }.map(\.mailbox)
        }
        for mailbox in mailboxes { mailbox.post(.closed) }
        return mailboxes.count
    }

    /// The watches that run.
    var watches: [RequestAttributes] { state.withLock { $0.listeners.compactMap(\.attributes) } }
}
