extension WorkQueue {
    /// The exclusive right to work on one key.
    ///
    /// Nobody else gets the key until the lease ends. Ends by ``finish(_:)``, ``fail(atLeast:)`` or ``abandon()``; a
    /// lease that goes out of scope without, because an error was thrown past it, counts as a failure.
    public struct Lease: ~Copyable, Sendable {
        let work: Machine.Work
        /// One more than the number of failures since the last success.
        public let attempt: Int
        private let queue: WorkQueue<Key>
        // nil once the key was released.
        private var pending: Disposition? = .failed(atLeast: .zero)

        init(work: Machine.Work, attempt: Int, queue: WorkQueue<Key>) {
            self.work = work
            self.attempt = attempt
            self.queue = queue
        }

        /// The key to work on.
        public var key: Key { work.key }
        /// The priority that the key had when it was taken.
        public var priority: Priority { work.priority }

        /// The work succeeded: past failures are forgotten, and the key comes back when `outcome` says so.
        public consuming func finish(_ outcome: Outcome) {
            switch outcome {
            case .done: pending = .done
            case .again(let delay): pending = .again(after: delay)
            }
        }

        /// The work failed: the key comes back when the rate limiter says, at the earliest after `minimum`.
        ///
        /// Returns the delay. A change of the key meanwhile brings it back at once.
        @discardableResult
        public consuming func fail(atLeast minimum: Duration = .zero) -> Duration {
            pending = nil
            return queue.release(work, .failed(atLeast: minimum))
        }

        /// The work cannot succeed: the key comes back only when it is added again, and past failures still count.
        public consuming func abandon() { pending = .abandoned }

        /// The work has not begun: the key comes back after `delay`, and past failures still count.
        consuming func postpone(for delay: Duration) { pending = .postponed(delay) }

        deinit { if let pending { queue.release(work, pending) } }
    }
}
