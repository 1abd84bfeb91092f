import CoreMetrics
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Credentials from a plugin, kept until they expire or the server rejects them.
///
/// However many requests want one, the plugin runs once at a time, and all that wait get what it gives. Of a burst of 401s only
/// the first one has it run again: the others were for a credential that is not the current one any more. While it fails,
/// a credential that has not expired stays in use.
final class ExecCredentials: Credentials {
    // A request takes a moment; nobody wants to renew with every request what lives for seconds.
    private static let leeway: Int64 = 10

    private struct Held {
        var grant: ExecGrant
        var since: Timestamp
        /// That of the grant's client certificate; nil when it has none.
        var validity: CertificateValidity?
        /// Whether the server would have none of it.
        var isRejected = false

        init(grant: ExecGrant, since: Timestamp) {
            self.grant = grant
            self.since = since
            validity = grant.credential.clientIdentity.flatMap { CertificateValidity(pem: $0.certificate) }
        }
    }

    private struct Entry { weak var credentials: ExecCredentials? }
    private static let cache = Mutex<[ExecPlugin: Entry]>([:])

    private let plugin: ExecPlugin
    private let runner: ProgramRunner
    private let wallClock: @Sendable () -> Timestamp
    private let hasTerminal: @Sendable () -> Bool
    private let metrics: ExecMetrics
    private let held = Mutex<Held?>(nil)
    private let flight = SingleFlight<RequestCredential>()

    init(
        _ plugin: ExecPlugin, runner: ProgramRunner = .system,
        wallClock: @escaping @Sendable () -> Timestamp = { .now() },
        hasTerminal: @escaping @Sendable () -> Bool = { isatty(0) != 0 }, metrics: (any MetricsFactory)? = nil
    ) {
        self.plugin = plugin
        self.runner = runner
        self.wallClock = wallClock
        self.hasTerminal = hasTerminal
        self.metrics = ExecMetrics(factory: metrics)
    }

    /// The credentials of a plugin, the same for all clients of the process that configure it in the same way.
    static func shared(_ plugin: ExecPlugin) -> ExecCredentials {
        return Self.cache.withLock { entries in
            if let credentials = entries[plugin]?.credentials { return credentials }
            entries = entries.filter { $0.value.credentials != nil }
            let credentials = ExecCredentials(plugin)
            entries[plugin] = Entry(credentials: credentials)
            return credentials
        }
    }

    /// Those that clients of this process use.
    static var shared: [ExecCredentials] { cache.withLock { $0.values.compactMap(\.credentials) } }

    var description: String { "exec plugin \(plugin.command)" }

    /// Until when the client certificate counts; nil when there is none.
    var certificateEnd: Timestamp? { held.withLock { $0?.validity?.notAfter } }

    func headers() async throws(KubeError) -> [(name: String, value: String)] { try await credential().headers }

    func credential() async throws(KubeError) -> RequestCredential {
        if let fresh { return fresh }
        return try await flight.run { [self] in
            // Another run may have ended since.
            if let fresh { return .success(fresh) }
            do throws(KubeError) {
                return .success(try await renew())
            } catch {
                if error.code != .cancelled, let valid { return .success(valid) }
                return .failure(error)
            }
        }
    }

    func rejected(_ credential: RequestCredential) async {
        held.withLock { if $0?.grant.credential == credential { $0?.isRejected = true } }
    }

    private func renew() async throws(KubeError) -> RequestCredential {
        let program = try plugin.program(hasTerminal: hasTerminal())
        let outcome: Program.Outcome
        do throws(Program.Failure) {
            outcome = try await runner.run(program)
            metrics.ended(.success(outcome))
        } catch {
            metrics.ended(.failure(error))
            throw plugin.error(error)
        }
        let grant = try plugin.grant(from: outcome)
        let new = Held(grant: grant, since: wallClock())
        let old = held.withLock { held in
            defer { held = new }
            return held
        }
        if let old, let validity = old.validity,
            old.grant.credential.clientIdentity != grant.credential.clientIdentity
        {
            metrics.rotated(after: validity.notBefore.duration(to: new.since))
        }
        return grant.credential
    }

    /// The credential, unless it is about to expire.
    private var fresh: RequestCredential? {
        held.withLock { held in
            guard let held, !held.isRejected else { return nil }
            guard let expiry = held.grant.expiry else { return held.grant.credential }
            let leeway = min(Self.leeway, (expiry.seconds - held.since.seconds) / 10)
            return wallClock().seconds < expiry.seconds - leeway ? held.grant.credential : nil
        }
    }

    /// The credential, unless it has expired.
    private var valid: RequestCredential? {
        held.withLock { held in
            guard let held, !held.isRejected else { return nil }
            return held.grant.expiry.map { wallClock() < $0 } ?? true ? held.grant.credential : nil
        }
    }
}
