import Logging
import Synchronization

/// The certificates of the moment: those of the configuration, read again from their files every five minutes.
///
/// After a failure that new certificates could mend they are read again sooner. Files that cannot be read, or that hold no
/// certificate, leave the last ones in use: whoever renews them may be in the middle of it. For the same reason a client certificate
/// without another key, or a key without another certificate, is used only when it is found a second time.
final class CertificateSource: Sendable {
    private static let interval = Duration.seconds(300)
    private static let intervalAfterFailure = Duration.seconds(10)

    private struct State {
        var settings: TLSSettings
        var identity: ClientIdentity?
        var material: TLSMaterial
        /// The pair that was found last.
        var found: ClientIdentity?
        var readAt: Duration
        var hasFailed = false
    }

    private let paths: TLSFiles
    private let files: FileReader
    private let timeline: Timeline
    private let logger: Logger
    private let state: Mutex<State>

    init(_ settings: TLSSettings, files: FileReader, clock: any Clock<Duration>, logger: Logger) {
        paths = settings.files
        self.files = files
        timeline = Timeline(clock)
        self.logger = logger
        let material = TLSMaterial(authority: settings.certificateAuthority, identity: settings.clientIdentity)
        state = Mutex(State(settings: settings, identity: settings.clientIdentity, material: material, readAt: .zero))
    }

    /// Whether what is used may change by itself.
    var isRenewable: Bool { paths != TLSFiles() }

    /// What to use for one exchange; `identity` goes before the configuration's.
    func material(for identity: ClientIdentity?) -> TLSMaterial {
        if isDue() { readFiles() }
        return state.withLock { state in
            let wanted = identity ?? state.settings.clientIdentity
            if wanted != state.identity {
                state.identity = wanted
                state.material = TLSMaterial(authority: state.settings.certificateAuthority, identity: wanted)
            }
            return state.material
        }
    }

    /// Says that TLS could not be agreed upon, or that the server does not know who is asking.
    func failed() { state.withLock { $0.hasFailed = true } }

    private func isDue() -> Bool {
        guard isRenewable else { return false }
        let now = timeline.now
        return state.withLock { state in
            guard now - state.readAt >= (state.hasFailed ? Self.intervalAfterFailure : Self.interval) else {
                return false
            }
            state.readAt = now
            state.hasFailed = false
            return true
        }
    }

    private func readFiles() {
        let (old, found) = state.withLock { ($0.settings, $0.found) }
        var new = old
        if let bytes = read(paths.certificateAuthority, PEM.holdsCertificate) { new.certificateAuthority = bytes }
        if let identity = old.clientIdentity {
            let certificate = read(paths.clientCertificate, PEM.holdsCertificate) ?? identity.certificate
            let key = read(paths.clientKey, PEM.holdsPrivateKey) ?? identity.privateKey
            let pair = ClientIdentity(certificate: certificate, privateKey: key)
            let isHalf = (certificate == identity.certificate) != (key == identity.privateKey)
            let isSettled = !isHalf || pair == found
            if isSettled { new.clientIdentity = pair }
            state.withLock { state in
                state.found = pair
                // The other half is to be expected soon.
                if !isSettled { state.hasFailed = true }
            }
        }
        let isOtherAuthority = new.certificateAuthority != old.certificateAuthority
        guard isOtherAuthority || new.clientIdentity != old.clientIdentity else { return }
        let what = isOtherAuthority ? "certificate authority" : "client certificate"
        logger.info("the \(what) has changed; new connections use it")
        state.withLock { state in
            state.settings = new
            state.identity = new.clientIdentity
            state.material = TLSMaterial(authority: new.certificateAuthority, identity: new.clientIdentity)
        }
    }

    private func read(_ path: String?, _ isValid: ([UInt8]) -> Bool) -> [UInt8]? {
        guard let path, let bytes = try? files.read(path), isValid(bytes) else { return nil }
        return bytes
    }
}
