/// Carries HTTP exchanges to one API server: libcurl in production, memory in tests.
///
/// Implementations add the server's address and the credentials.
public protocol Transport: Sendable {
    /// Host and port of the server, for the `host` label of metrics.
    var host: String { get }

    /// Performs one exchange and returns after its last byte.
    ///
    /// Head and body go to `receiver` as they arrive, in order, on the transport's own thread; nothing is buffered in
    /// between. Cancelling the calling task ends the exchange at once with ``KubeError/Code/cancelled``. An error thrown
    /// by the receiver ends the exchange and is rethrown. HTTP error codes are not errors here.
    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError)
}

/// Takes one answer as it arrives.
///
/// All calls of one exchange come one after the other, from the transport's thread; they must not block.
public protocol ResponseReceiver: Sendable {
    /// Called once, before any body.
    func receive(_ head: HTTPResponseHead) throws(KubeError)
    /// Called for each piece of the body; the bytes are gone when the call returns.
    func receive(_ bytes: RawSpan) throws(KubeError)
}
