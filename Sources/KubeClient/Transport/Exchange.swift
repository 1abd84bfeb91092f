import Synchronization

/// One attempt to carry a request, as the loop needs it: everything checked, encoded and authenticated.
struct Exchange: Sendable {
    var method: HTTPRequest.Method
    var url: String
    /// `Name: value`, without line ends.
    var headerLines: [String]
    var body: [UInt8]?
    var channel: HTTPRequest.Channel
    var deadline: ContinuousClock.Instant?
    /// For how long its connections may bring nothing at all.
    var silenceLimit: Duration?
    var receiver: any ResponseReceiver
    /// The certificates to make a connection with.
    var tls: TLSMaterial
    /// Whether a 401 is kept from the receiver, because the caller may try again with other credentials.
    var holdsUnauthorized: Bool
    /// The request in errors: method and address, without the query, which can hold names and tokens.
    var label: String

    /// What became of it; `heldBody` is the beginning of a 401's body.
    struct Result: Sendable {
        var outcome: TransferStateMachine.Outcome
        var heldBody: [UInt8] = []
    }

    /// Identifies an attempt from the moment before it is handed over, so that a cancellation cannot miss it.
    final class Ticket: Sendable {
        private let flag = Atomic(false)
        var isCancelled: Bool { flag.load(ordering: .acquiring) }
        func cancel() { flag.store(true, ordering: .releasing) }
    }
}
