@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The `nginx` command: a server with HTTP/2 that says over which connection it was asked, and with which certificate.
///
/// Debian's package `nginx` has it; `make test` puts it on the `PATH` (`scripts/nginx`). Looked for there and where Debian puts it.
final class Nginx {
    private static let command: String? = ["nginx", "/usr/sbin/nginx"].first {
        guard let (process, output) = try? spawn($0, ["-v"]) else { return false }
        close(output)
        var status: Int32 = 0
        return unsafe waitpid(process, &status, 0) == process && status == 0
    }

    static var isInstalled: Bool { command != nil }

    /// Speaks HTTP/2 and HTTP/1.1.
    let url: String
    /// Speaks HTTP/1.1 only.
    let oldURL: String
    private let process: pid_t

    init(_ openssl: OpenSSL) throws {
        let ports = [try Self.freePort(), try Self.freePort()]
        func server(_ port: UInt16, _ options: String) -> String {
            """
            server {
              listen 127.0.0.1:\(port) ssl \(options);
              ssl_certificate \(openssl.path("server.crt")); ssl_certificate_key \(openssl.path("server.key"));
              ssl_client_certificate \(openssl.path("ca.crt")); ssl_verify_client optional;
              default_type application/json;
              location / { return 200 '$server_protocol $connection $ssl_client_s_dn'; }
            }
            """
        }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(openssl.path("\($0)_temp"));" }
        try openssl.write(
            """
            daemon off; master_process off; pid \(openssl.path("nginx.pid")); error_log stderr notice;
            events {}
            http { access_log off; \(temporary.joined(separator: " "))
            \(server(ports[0], "http2"))
            \(server(ports[1], ""))
            }
            """, to: "nginx.conf")
        let (process, log) = try spawn(Self.command ?? "nginx", ["-c", openssl.path("nginx.conf")], reading: 2)
        self.process = process
        url = "https://127.0.0.1:\(ports[0])"
        oldURL = "https://127.0.0.1:\(ports[1])"
        // It listens before it says how it waits.
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(log, &byte, 1) == 1 {
            line.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            if String(decoding: line, as: UTF8.self).contains("event method") { return }
            line = []
        }
        throw SystemError()
    }

    deinit { end(process) }

    private static func freePort() throws -> UInt16 {
        let (listener, port) = try listen()
        close(listener)
        return port
    }
}
