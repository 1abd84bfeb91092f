/// A program that gives credentials: the `exec` part of a kubeconfig user.
///
/// Source: client-go credential plugins, `client.authentication.k8s.io`.
struct ExecPlugin: Hashable, Sendable {
    enum Version: String, Sendable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    /// Whether the program may talk to a person.
    enum InteractiveMode: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    /// The server that the credentials are for, as a plugin may want to know it.
    struct Cluster: Hashable, Sendable {
        var server: String
        var serverName: String?
        var skipsVerification = false
        var certificateAuthority: [UInt8]?
        var proxyURL: String?
        /// What the kubeconfig has for plugins: the extension `client.authentication.k8s.io/exec` of the cluster.
        var extra: JSONValue?
    }

    var command: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var version: Version
    var interactiveMode = InteractiveMode.ifAvailable
    /// How to install the program, for people.
    var installHint: String?
    /// Nil when the program is not told (`provideClusterInfo`).
    var cluster: Cluster?

    /// The program to run; throws when it needs a person and there is none.
    func program(hasTerminal: Bool) throws(KubeError) -> Program {
        guard hasTerminal || interactiveMode != .always else {
            throw error("needs a terminal to ask you (interactiveMode: Always), and standard input is none")
        }
        let isInteractive = hasTerminal && interactiveMode != .never
        var environment = environment
        environment["KUBERNETES_EXEC_INFO"] = execInfo(isInteractive: isInteractive)
        return Program(
            file: command, arguments: arguments, environment: environment, isInteractive: isInteractive,
            // A person may have to look for a second factor.
            timeout: isInteractive ? .seconds(300) : .seconds(60))
    }

    /// An `ExecCredential` that asks.
    private func execInfo(isInteractive: Bool) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("kind", "ExecCredential")
            writer.field("apiVersion", version.rawValue)
            writer.object("spec") { writer in
                if let cluster {
                    writer.object("cluster") { writer in
                        writer.field("server", cluster.server)
                        if let name = cluster.serverName { writer.field("tls-server-name", name) }
                        if cluster.skipsVerification { writer.field("insecure-skip-tls-verify", true) }
                        if let authority = cluster.certificateAuthority {
                            writer.field("certificate-authority-data", Base64.encode(authority))
                        }
                        if let proxy = cluster.proxyURL { writer.field("proxy-url", proxy) }
                        if let extra = cluster.extra { writer.field("config", extra) }
                    }
                }
                writer.field("interactive", isInteractive)
            }
        }
        return writer.string
    }

    /// What the program's run amounts to.
    ///
    /// Nothing that it wrote to its standard output gets into an error: that is where the token is.
    func grant(from outcome: Program.Outcome) throws(KubeError) -> ExecGrant {
        guard case .exited(0) = outcome.ending else {
            let words = String(decoding: outcome.diagnostics, as: UTF8.self).shortened(to: 512)
            throw error("\(outcome.ending)\(words.isEmpty ? "" : ": \(words)")")
        }
        let document: ExecCredentialDocument
        do throws(JSONError) {
            document = try unsafe JSONReader.read(outcome.output.span.bytes) { (reader) throws(JSONError) in
                try ExecCredentialDocument(from: &reader)
            }
        } catch {
            throw self.error(
                outcome.output.isEmpty ? "wrote nothing" : "did not write an ExecCredential in JSON (\(error))")
        }
        return try grant(from: document)
    }

    private func grant(from document: ExecCredentialDocument) throws(KubeError) -> ExecGrant {
        guard document.kind == "ExecCredential" else { throw error("wrote JSON that is no ExecCredential") }
        guard document.apiVersion == version.rawValue else {
            let found = document.apiVersion.shortened(to: 64)
            throw error("is configured to use \(version.rawValue), and answered in \(found.isEmpty ? "none" : found)")
        }
        guard document.hasStatus else { throw error("gave no status, which is where the credential should be") }
        var credential = RequestCredential()
        if !document.token.isEmpty {
            guard isHeaderValue(document.token) else { throw error("gave a token that no HTTP header can carry") }
            credential.headers = [("Authorization", "Bearer \(document.token)")]
        }
        switch (document.certificate.isEmpty, document.key.isEmpty) {
        case (true, true): break
        case (false, false):
            let (certificate, key) = (Array(document.certificate.utf8), Array(document.key.utf8))
            guard PEM.holdsCertificate(certificate), PEM.holdsPrivateKey(key) else {
                throw error("gave a client certificate or key that is not PEM")
            }
            credential.clientIdentity = ClientIdentity(certificate: certificate, privateKey: key)
        case (false, true): throw error("gave a client certificate without its key")
        case (true, false): throw error("gave the key of a client certificate without the certificate")
        }
        guard !credential.isEmpty else { throw error("gave neither a token nor a client certificate") }
        var expiry: Timestamp?
        if !document.expiration.isEmpty {
            guard let time = Timestamp(rfc3339: document.expiration) else {
                throw error("gave an expirationTimestamp that is not RFC 3339")
            }
            expiry = time
        }
        return ExecGrant(credential: credential, expiry: expiry)
    }

    func error(_ failure: Program.Failure) -> KubeError {
        switch failure {
        case .notStarted(let code):
            let hint = installHint.map { "\n\($0)" } ?? ""
            return error("cannot be started: \(systemMessage(code).lowercased())\(hint)")
        case .timedOut: return error("did not end in time and was killed")
        case .tooMuchOutput: return error("wrote more than a credential could be and was killed")
        case .cancelled: return KubeError(.cancelled, "exec plugin \(command) was cancelled")
        }
    }

    private func error(_ reason: String) -> KubeError { KubeError(.credentials, "exec plugin \(command) \(reason)") }
}

extension ExecPlugin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The command alone: arguments and variables can hold secrets.
    var description: String { "exec plugin \(command)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Program.Outcome.Ending: CustomStringConvertible {
    var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let number): "was ended by signal \(number)"
        }
    }
}

/// What a plugin gave, and until when; without a time until the server rejects it.
struct ExecGrant: Sendable, Equatable {
    var credential: RequestCredential
    var expiry: Timestamp?
}

/// What a plugin writes: an `ExecCredential` that answers.
private struct ExecCredentialDocument: KubeDecodable {
    var kind = ""
    var apiVersion = ""
    var hasStatus = false
    var token = ""
    var certificate = ""
    var key = ""
    var expiration = ""

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachField { (name, reader) throws(JSONError) in
            switch name {
            case "kind": kind = try reader.string()
            case "apiVersion": apiVersion = try reader.string()
            case "status":
                guard try reader.peek() == .object else { return }
                hasStatus = true
                try reader.forEachField { (name, reader) throws(JSONError) in
                    switch name {
                    case "token": token = try reader.string()
                    case "clientCertificateData": certificate = try reader.string()
                    case "clientKeyData": key = try reader.string()
                    case "expirationTimestamp": expiration = try reader.string()
                    default: break
                    }
                }
            default: break
            }
        }
    }
}
