import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The thread that all of libcurl runs on: waits for sockets, timers, deadlines and commands, and acts on them.
///
/// Everything here is confined to that thread. Commands may carry any closure, so the loop can serve as an executor.
@safe final class CurlLoop {
    private let inbox: CurlEngine.Inbox
    private let pipe: WakePipe
    private let settings: CurlSettings
    /// One set of connections for the new exchanges of each kind of traffic, made when it is first used.
    private var current: [HTTPRequest.Channel: CurlMulti] = [:]
    /// Those, and the retired ones until their last exchange has ended.
    private var multis: [CurlMulti] = []
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    private var ticketsByHandle: [UnsafeMutableRawPointer: ObjectIdentifier] = unsafe [:]
    /// The wake pipe, then every socket; `owners` has the connections of each, nil for the pipe.
    private var polled: [pollfd] = []
    private var owners: [CurlMulti?] = []
    private var hasDroppedSockets = false

    init(inbox: CurlEngine.Inbox, pipe: WakePipe, settings: CurlSettings) {
        self.inbox = inbox
        self.pipe = pipe
        self.settings = settings
        listSockets()
    }

    /// Runs until the inbox is closed.
    func run() {
        while true {
            let (commands, isClosed) = inbox.take()
            for command in commands { perform(command) }
            if isClosed { return shutDown() }
            passTimers()
            finishDone()
            wait()
        }
    }

    private func perform(_ command: CurlEngine.Command) {
        switch command {
        case .start(let exchange, let ticket, let continuation): start(exchange, ticket, continuation)
        case .cancel(let ticket):
            if let transfer = transfers[ObjectIdentifier(ticket)] { cancel(transfer, at: .now) }
        case .run(let body): body()
        }
    }

    private func start(
        _ exchange: Exchange, _ ticket: Exchange.Ticket, _ continuation: CheckedContinuation<Exchange.Result, Never>
    ) {
        func fail(_ error: KubeError) { continuation.resume(returning: Exchange.Result(outcome: .failed(error))) }
        if ticket.isCancelled { return fail(KubeError(.cancelled, "\(exchange.label): cancelled")) }
        guard let multi = multi(exchange.channel), let easy = unsafe multi.takeHandle() else {
            return fail(KubeError(.transport, "\(exchange.label): out of memory"))
        }
        let transfer = unsafe CurlTransfer(
            exchange, ticket: ticket, multi: multi, easy: easy, continuation: continuation)
        var error = transfer.configure(settings)
        if error == nil, unsafe !multi.add(easy) {
            error = KubeError(.transport, "\(exchange.label): the HTTP client refused the request")
        }
        if let error {
            unsafe multi.recycle(easy)
            return fail(error)
        }
        transfers[ObjectIdentifier(ticket)] = transfer
        unsafe ticketsByHandle[easy] = ObjectIdentifier(ticket)
    }

    private func multi(_ channel: HTTPRequest.Channel) -> CurlMulti? {
        if let multi = current[channel] { return multi }
        guard let multi = CurlMulti(channel: channel) else { return nil }
        current[channel] = multi
        multis.append(multi)
        return multi
    }

    private func cancel(_ transfer: CurlTransfer, at now: ContinuousClock.Instant) {
        // Who gives up at once says nothing about the connection.
        if now - transfer.start >= settings.patience { retireIfSilent(transfer, at: now) }
        end(transfer, .cancelled)
    }

    /// Feeds an event that may end a transfer, and takes it away from libcurl if so.
    private func end(_ transfer: CurlTransfer, _ event: TransferStateMachine.Event) {
        guard let outcome = transfer.received(event) else { return }
        transfers[ObjectIdentifier(transfer.ticket)] = nil
        unsafe ticketsByHandle[transfer.easy] = nil
        let multi = transfer.multi
        unsafe multi.remove(transfer.easy)
        unsafe multi.recycle(transfer.easy)
        if current[transfer.channel] !== multi, !transfers.values.contains(where: { $0.multi === multi }) {
            multis.removeAll { $0 === multi }
            hasDroppedSockets = true
        }
        transfer.finish(outcome)
    }

    private func finishDone() {
        for multi in multis {
            while let (easy, result) = unsafe multi.nextDone() {
                guard let ticket = unsafe ticketsByHandle[easy], let transfer = transfers[ticket] else {
                    unsafe multi.remove(easy)
                    continue
                }
                end(transfer, .ended(transfer.error(for: result, settings: settings)))
            }
        }
    }

    private func shutDown() {
        for transfer in transfers.values { end(transfer, .cancelled) }
        (current, multis, owners) = ([:], [], [])
        pipe.close()
    }
}

// MARK: waiting
extension CurlLoop {
    private func passTimers() {
        let now = ContinuousClock.now
        for multi in multis { if let timer = multi.timer, timer <= now { multi.timerPassed() } }
        func hasPassed(_ time: ContinuousClock.Instant?) -> Bool { time.map { $0 <= now } ?? false }
        for transfer in transfers.values.filter({ hasPassed($0.deadline) }) {
            retireIfSilent(transfer, at: now)
            end(transfer, .deadlinePassed(transfer.deadlineError))
        }
        for transfer in transfers.values.filter({ hasPassed($0.silenceEnd) }) {
            retire(transfer)
            end(transfer, .ended(transfer.silenceError))
        }
    }

    /// Whether a connection on which an exchange was given up counts as dead.
    ///
    /// A server that is merely slow costs no connection as long as anything else arrives.
    static func isSilent(
        lastReceived: ContinuousClock.Instant?, start: ContinuousClock.Instant, now: ContinuousClock.Instant,
        patience: Duration
    ) -> Bool {
        guard let lastReceived else { return true }
        return lastReceived < max(start, now - patience)
    }

    private func retireIfSilent(_ transfer: CurlTransfer, at now: ContinuousClock.Instant) {
        let isSilent = Self.isSilent(
            lastReceived: transfer.multi.lastReceived, start: transfer.start, now: now, patience: settings.patience)
        if isSilent { retire(transfer) }
    }

    /// Has new exchanges make connections of their own.
    ///
    /// Where something in between acknowledges what is sent, the system never learns that the server is gone, and libcurl
    /// would put every further exchange on the same dead connection of HTTP/2.
    private func retire(_ transfer: CurlTransfer) {
        if current[transfer.channel] === transfer.multi { current[transfer.channel] = nil }
    }

    private func wait() {
        if hasDroppedSockets || multis.contains(where: \.socketsChanged) { listSockets() }
        let count = unsafe polled.withUnsafeMutableBufferPointer {
            unsafe poll($0.baseAddress, nfds_t($0.count), timeout())
        }
        guard count > 0 else { return }
        let ready = zip(polled, owners).filter { $0.0.revents != 0 }
        for (entry, owner) in ready {
            guard let owner else {
                pipe.drain()
                continue
            }
            // A socket before this one may have made libcurl close this one.
            guard owner.sockets[entry.fd] != nil else { continue }
            owner.socketIsReady(entry.fd, events: entry.revents)
        }
        finishDone()
    }

    /// Milliseconds until the next timer or deadline, rounded up; -1 for none.
    private func timeout() -> Int32 {
        let timers =
            multis.compactMap(\.timer) + transfers.values.compactMap(\.deadline)
            + transfers.values.compactMap(\.silenceEnd)
        guard let next = timers.min() else { return -1 }
        let (seconds, attoseconds) = (next - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: min(seconds, 3600) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private func listSockets() {
        polled = [pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)]
        owners = [nil]
        hasDroppedSockets = false
        for multi in multis {
            multi.socketsChanged = false
            for (socket, events) in multi.sockets {
                polled.append(pollfd(fd: socket, events: events, revents: 0))
                owners.append(multi)
            }
        }
    }
}
