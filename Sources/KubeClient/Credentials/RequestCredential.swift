/// What authenticates one request: headers, a client certificate, or both.
///
/// The description, a dump and a debugger show none of it.
public struct RequestCredential: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Headers to send; mostly `Authorization`.
    public var headers: [(name: String, value: String)]
    /// What the client presents on the connection, instead of that of ``TLSSettings``; nil for no change.
    public var clientIdentity: ClientIdentity?

    /// Creates a credential; the default is none.
    public init(headers: [(name: String, value: String)] = [], clientIdentity: ClientIdentity? = nil) {
        self.headers = headers
        self.clientIdentity = clientIdentity
    }

    /// Whether there is nothing to present.
    public var isEmpty: Bool { headers.isEmpty && clientIdentity == nil }

    /// Whether both present the same.
    public static func == (lhs: RequestCredential, rhs: RequestCredential) -> Bool {
        lhs.headers.elementsEqual(rhs.headers, by: ==) && lhs.clientIdentity == rhs.clientIdentity
    }

    /// Which kinds it has.
    public var description: String {
        switch (headers.isEmpty, clientIdentity) {
        case (true, nil): "no credential"
        case (false, nil): "headers"
        case (true, _?): "client certificate"
        case (false, _?): "headers and client certificate"
        }
    }
    /// Which kinds it has.
    public var debugDescription: String { description }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
