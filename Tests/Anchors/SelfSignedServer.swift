import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The `openssl` command as a TLS server whose certificate nobody vouches for.
enum SelfSignedServer {
    static func isInstalled() async -> Bool {
        let result = try? await run(.name("openssl"), arguments: ["version"], output: .discarded, error: .discarded)
        return result?.terminationStatus == .exited(0)
    }

    /// Serves pages on a loopback port while `body` runs.
    static func withServer(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let folder = "/tmp/anchors-tls-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        guard unsafe mkdir(folder, 0o700) == 0 else { throw Failure() }
        let (key, certificate) = ("\(folder)/server.key", "\(folder)/server.crt")
        defer {
            unsafe unlink(key)
            unsafe unlink(certificate)
            unsafe rmdir(folder)
        }
        let made = try await run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", key, "-out", certificate, "-subj", "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1",
            ], output: .discarded, error: .discarded)
        guard made.terminationStatus == .exited(0) else { throw Failure() }
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .zero)]
        _ = try await run(
            .name("openssl"),
            arguments: ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"],
            platformOptions: options, input: .none, output: .sequence, error: .discarded
        ) { execution in
            // Its first lines end with "ACCEPT 127.0.0.1:<port>".
            for try await line in execution.standardOutput.strings() where line.hasPrefix("ACCEPT") {
                let port = line.split(separator: ":").last?.filter(\.isNumber) ?? ""
                try await body("https://127.0.0.1:\(port)")
                break
            }
            try? execution.send(signal: .kill)
        }
    }

    struct Failure: Error {}
}
