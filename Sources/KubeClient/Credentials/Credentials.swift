/// What authenticates requests: mostly a header.
///
/// Client certificates that stay the same, or that lie in files, belong to ``TLSSettings`` instead.
///
/// Called once for every request, from many tasks at once. The description says what kind it is and where it comes
/// from, never the secret.
public protocol Credentials: Sendable, CustomStringConvertible {
    /// The headers that authenticate one request; empty for none.
    func headers() async throws(KubeError) -> [(name: String, value: String)]

    /// Says that the server answered 401 to a request with these headers, which ``headers()`` gave earlier.
    ///
    /// An implementation that can get others forgets the rejected ones, and only those: by now it may have newer ones.
    /// When the headers are different afterwards, the request is sent once more.
    func rejected(_ headers: [(name: String, value: String)]) async

    /// All that authenticates one request; what transports ask for.
    ///
    /// Implemented by credentials that come with a client certificate; by default it is ``headers()``.
    func credential() async throws(KubeError) -> RequestCredential

    /// Says that the server answered 401 to a request with this credential, which ``credential()`` gave earlier.
    func rejected(_ credential: RequestCredential) async
}

extension Credentials {
    /// The headers, and no client certificate.
    public func credential() async throws(KubeError) -> RequestCredential {
        RequestCredential(headers: try await headers())
    }
    /// The same as for its headers.
    public func rejected(_ credential: RequestCredential) async { await rejected(credential.headers) }
    /// Does nothing: these credentials do not change.
    public func rejected(_ headers: [(name: String, value: String)]) async {}
}

/// Authenticates nobody.
public struct NoCredentials: Credentials {
    /// Creates them.
    public init() {}
    /// None.
    public func headers() async throws(KubeError) -> [(name: String, value: String)] { [] }
    /// What they are.
    public var description: String { "no credentials" }
}

/// A bearer token that never changes.
public struct BearerToken: Credentials {
    private let token: Redacted<String>

    /// Takes the token; nil when it is empty or holds characters that no HTTP header can carry.
    public init?(_ token: String) {
        guard !token.isEmpty, isHeaderValue(token) else { return nil }
        self.token = Redacted(token)
    }

    /// `Authorization: Bearer …`.
    public func headers() async throws(KubeError) -> [(name: String, value: String)] {
        [("Authorization", "Bearer \(token.value)")]
    }

    /// What it is.
    public var description: String { "bearer token" }
}

/// A user name with a password.
public struct BasicCredentials: Credentials {
    /// The user name.
    public let username: String
    private let password: Redacted<String>

    /// Creates them.
    public init(username: String, password: String) {
        self.username = username
        self.password = Redacted(password)
    }

    /// `Authorization: Basic …`.
    public func headers() async throws(KubeError) -> [(name: String, value: String)] {
        [("Authorization", "Basic \(Base64.encode("\(username):\(password.value)".utf8))")]
    }

    /// What they are.
    public var description: String { "password of \(username)" }
}

/// Whether a header can carry the text: no control characters, so nothing can break out of the header's line.
func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 } }
