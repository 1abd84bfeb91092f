import Synchronization

/// A bearer token in a file that somebody else keeps fresh, such as the kubelet.
///
/// The file is read again when the token is 50 seconds old (60, less 10 for the time that a request takes), and after a
/// 401. While the file cannot be read, the last token stays in use: projected volumes swap their files. A 401 forgets
/// only the token that was rejected.
public final class TokenFile: Credentials {
    private struct State {
        var token: Redacted<String>?
        var readAt: Duration = .zero
    }

    private static let lifetime = Duration.seconds(60)
    private static let leeway = Duration.seconds(10)

    /// The file's path.
    public let path: String
    private let files: FileReader
    private let timeline: Timeline
    private let state: Mutex<State>

    /// Creates credentials; nothing is read yet.
    public convenience init(path: String) { self.init(path: path, clock: ContinuousClock(), files: .system) }

    /// `fallback` is used as long as the file was never read.
    package init(path: String, fallback: String? = nil, clock: any Clock<Duration>, files: FileReader) {
        self.path = path
        self.files = files
        timeline = Timeline(clock)
        let token = fallback.flatMap { isHeaderValue($0) ? Redacted($0) : nil }
        state = Mutex(State(token: token, readAt: .zero - Self.lifetime))
    }

    /// `Authorization: Bearer …`; throws when there never was a token, or when the last one was rejected and the file
    /// cannot be read.
    public func headers() async throws(KubeError) -> [(name: String, value: String)] {
        [("Authorization", "Bearer \(try token())")]
    }

    /// Forgets the token if it is the one in these headers.
    public func rejected(_ headers: [(name: String, value: String)]) async {
        state.withLock { state in
            guard let token = state.token, headers.contains(where: { $0.value == "Bearer \(token.value)" }) else {
                return
            }
            state.token = nil
        }
    }

    /// What it is.
    public var description: String { "token file \(path)" }

    /// Reads the file now, to find out at the start what would fail later.
    func check() throws(KubeError) { _ = try token() }

    private func token() throws(KubeError) -> String {
        let fresh = state.withLock { state in
            state.token.flatMap { timeline.now - state.readAt < Self.lifetime - Self.leeway ? $0.value : nil }
        }
        if let fresh { return fresh }
        // Reading outside the lock: two tasks may both read, which costs less than one waiting on the other's disk.
        let startedAt = timeline.now
        switch read() {
        case .success(let token):
            state.withLock { state in
                guard state.token == nil || startedAt >= state.readAt else { return }
                state = State(token: Redacted(token), readAt: startedAt)
            }
            return token
        case .failure(let error):
            guard let kept = state.withLock({ $0.token?.value }) else { throw error }
            return kept
        }
    }

    private func read() -> Result<String, KubeError> {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path)
        } catch {
            return .failure(KubeError(.credentials, "token file: \(error)"))
        }
        let token = trimmed(String(decoding: bytes, as: UTF8.self))
        guard !token.isEmpty else { return .failure(KubeError(.credentials, "token file: \(path) is empty")) }
        guard isHeaderValue(token) else {
            return .failure(
                KubeError(.credentials, "token file: \(path) holds characters that no HTTP header can carry"))
        }
        return .success(token)
    }
}
