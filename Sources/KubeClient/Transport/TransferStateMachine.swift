/// One HTTP exchange as libcurl reports it, from the first header line to the end.
///
/// Finds the final head among interim ones (1xx), passes trailers over, holds a 401 back when its credentials may be
/// renewed, and remembers why an exchange was given up until libcurl has ended it.
struct TransferStateMachine {
    /// What happens to the exchange.
    enum Event {
        /// One line of a head, or of trailers; empty at the end of the head. Without its line end.
        case headerLine(String)
        /// A piece of the body arrived.
        case body
        /// The receiver refused what it was given.
        case receiverFailed(KubeError)
        /// The caller gave up.
        case cancelled
        /// The request's deadline passed; the error says which.
        case deadlinePassed(KubeError)
        /// libcurl is done: with an error, or with the whole answer.
        case ended(KubeError?)
    }

    /// What the shell does about it.
    enum Action {
        case none
        /// Give the head to the receiver.
        case deliverHead(HTTPResponseHead)
        /// Give the piece of the body to the receiver.
        case deliverBody
        /// Keep the piece of the body.
        case holdBody
        /// Tell libcurl to give the exchange up; it will then end.
        case abort
        /// Take the exchange away from libcurl and tell the caller.
        case finish(Outcome)
    }

    /// How an exchange went.
    enum Outcome: Sendable {
        /// The receiver has the whole answer.
        case completed
        /// The server answered 401, and the receiver does not know yet.
        case unauthorized(HTTPResponseHead)
        case failed(KubeError)
    }

    private enum State {
        case readingHead(HTTPResponseHead?)
        case delivering
        case holding(HTTPResponseHead)
        case aborting(KubeError)
        case finished
    }

    private var state = State.readingHead(nil)
    private let label: String
    private let holdsUnauthorized: Bool

    /// `label` names the request in errors.
    init(label: String, holdsUnauthorized: Bool) {
        self.label = label
        self.holdsUnauthorized = holdsUnauthorized
    }

    /// Takes the next event; total, so that events after the end are harmless.
    mutating func received(_ event: Event) -> Action {
        switch (state, event) {
        case (.finished, .headerLine), (.finished, .body): return .abort
        case (.finished, _): return .none

        case (_, .cancelled): return finish(.failed(KubeError(.cancelled, "\(label): cancelled")))
        case (_, .deadlinePassed(let error)): return finish(.failed(error))

        case (.aborting(let error), .ended): return finish(.failed(error))
        case (.aborting, .headerLine), (.aborting, .body): return .abort
        case (.aborting, .receiverFailed): return .none

        case (.readingHead(let head), .headerLine(let line)): return readHeaderLine(line, head)
        case (.readingHead, .body): return abort(KubeError(.decoding, "\(label): the server's answer has no HTTP head"))
        case (.delivering, .headerLine), (.holding, .headerLine): return .none

        case (.delivering, .body): return .deliverBody
        case (.holding, .body): return .holdBody

        case (_, .receiverFailed(let error)): return abort(error)
        case (_, .ended(let error?)): return finish(.failed(error))
        case (.readingHead, .ended): return finish(.failed(noAnswer))
        case (.delivering, .ended): return finish(.completed)
        case (.holding(let head), .ended): return finish(.unauthorized(head))
        }
    }

    private mutating func finish(_ outcome: Outcome) -> Action {
        state = .finished
        return .finish(outcome)
    }

    private var noAnswer: KubeError {
        let cause = TransportFailure(.connectionLost, "the connection ended before the answer")
        return KubeError(.transport, label, underlying: cause)
    }

    private mutating func abort(_ error: KubeError) -> Action {
        state = .aborting(error)
        return .abort
    }

    private mutating func readHeaderLine(_ line: String, _ head: HTTPResponseHead?) -> Action {
        if line.hasPrefix("HTTP/") {
            let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            guard fields.count >= 2, let status = Int(fields[1]), (100...999).contains(status) else {
                return abort(KubeError(.decoding, "\(label): the server's answer begins with a malformed status line"))
            }
            state = .readingHead(HTTPResponseHead(status: status))
            return .none
        }
        guard var head else {
            return abort(KubeError(.decoding, "\(label): the server's answer has no HTTP status line"))
        }
        guard line.isEmpty else {
            if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
                let value = line[line.utf8.index(after: colon)...]
                head.headers.append((String(line[..<colon]), trimmed(String(value))))
                state = .readingHead(head)
            }
            return .none
        }
        if head.status < 200 {
            // 100 Continue, 103 Early Hints: the answer's own head follows.
            state = .readingHead(nil)
            return .none
        }
        if head.status == 401, holdsUnauthorized {
            state = .holding(head)
            return .none
        }
        state = .delivering
        return .deliverHead(head)
    }
}
