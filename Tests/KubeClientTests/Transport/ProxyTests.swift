import TestSupport
import Testing

@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite(.enabled(if: OpenSSL.isInstalled, "openssl is not installed"), .timeLimit(.minutes(1))) struct ProxyTests {
    private let openssl: OpenSSL
    private let target: Int

    init() throws {
        openssl = try OpenSSL()
        target = try openssl.serve()
    }

    private func configuration(_ server: String = "https://api.test:6443") throws -> KubeConfiguration {
        KubeConfiguration(server: server, tls: TLSSettings(certificateAuthority: try openssl.contents("ca.crt")))
    }

    private func get(_ configuration: KubeConfiguration) async -> KubeError? {
        do throws(KubeError) {
            let receiver = CollectingReceiver()
            try await CurlTransport(configuration: configuration, logger: .silent)
                .perform(HTTPRequest(.get, "/x", timeout: .seconds(20)), deliveringTo: receiver)
            #expect(receiver.status == 200)
            return nil
        } catch {
            return error
        }
    }

    @Test func `TLS goes end to end through an HTTP proxy, which sees no credential but its own`() async throws {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        var configuration = try configuration()
        configuration.proxyURL = "http://user:secret@127.0.0.1:\(proxy.port)"
        configuration.credentials = try #require(BearerToken("hunter2"))
        #expect(await get(configuration) == nil)
        let head = try #require(proxy.requests.first)
        #expect(head.hasPrefix("CONNECT api.test:6443 HTTP/1.1\r\n"))
        #expect(head.contains("Proxy-Authorization: Basic \(Base64.encode("user:secret".utf8))\r\n"))
        #expect(!head.contains("hunter2"))
    }

    @Test(arguments: ["socks5", "SOCKS5", "socks5h"])
    func `a SOCKS proxy looks the name up, and TLS goes end to end`(scheme: String) async throws {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        var configuration = try configuration()
        configuration.proxyURL = "\(scheme)://127.0.0.1:\(proxy.port)"
        #expect(await get(configuration) == nil)
        #expect(proxy.requests == ["SOCKS api.test:6443"])
    }

    @Test func `plain HTTP is asked of the proxy by the whole address`() async throws {
        let proxy = try ScriptedServer { _, connection in connection.reply() }
        defer { proxy.stop() }
        var configuration = try configuration("http://api.test:8080")
        configuration.proxyURL = proxy.url
        #expect(await get(configuration) == nil)
        #expect(proxy.requests.first?.line == "GET http://api.test:8080/x HTTP/1.1")
    }

    /// Speaks TLS on a port of its own and passes everything on to another.
    private func terminateTLS(before port: UInt16) throws -> (process: pid_t, port: Int) {
        let script = """
            import socket, ssl, sys, threading
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            def pump(source, sink):
                try:
                    while data := source.recv(65536): sink.sendall(data)
                except OSError: pass
                for end in (source, sink):
                    try: end.shutdown(socket.SHUT_RDWR)
                    except OSError: pass
            def serve(client):
                try: client = context.wrap_socket(client, server_side=True)
                except OSError: return
                server = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
                threading.Thread(target=pump, args=(client, server), daemon=True).start()
                pump(server, client)
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()
            """
        let (process, output) = try spawn(
            "python3", ["-c", script, openssl.path("server.crt"), openssl.path("server.key"), "\(port)"])
        defer { close(output) }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return (process, try #require(Int(String(decoding: line, as: UTF8.self))))
    }

    @Test func `TLS goes end to end through TLS to the proxy, which the cluster's authority vouches for`() async throws
    {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        let tls = try terminateTLS(before: proxy.port)
        defer { end(tls.process) }
        var configuration = try configuration()
        configuration.proxyURL = "https://user:secret@127.0.0.1:\(tls.port)"
        #expect(await get(configuration) == nil)
        #expect(proxy.requests.first?.hasPrefix("CONNECT api.test:6443 HTTP/1.1\r\n") == true)
    }

    @Test func `an https proxy that nobody vouches for gets no request and no password`() async throws {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        let tls = try terminateTLS(before: proxy.port)
        defer { end(tls.process) }
        var configuration = KubeConfiguration(
            server: "https://api.test:6443", tls: TLSSettings(certificateAuthority: try openssl.contents("other.crt")))
        configuration.proxyURL = "https://user:secret@127.0.0.1:\(tls.port)"
        let error = await get(configuration)
        #expect((error?.underlying as? TransportFailure)?.kind == .tls)
        #expect(proxy.requests.isEmpty)
        configuration.tls.skipsVerification = true
        configuration.tls.certificateAuthority = nil
        #expect(await get(configuration) == nil)
    }

    @Test func `a proxy that refuses says so in the error, which is not one to be repeated`() async throws {
        let proxy = try ProxyServer(target: target, refusal: "407 Proxy Authentication Required")
        defer { proxy.stop() }
        var configuration = try configuration()
        configuration.proxyURL = "http://user:secret@127.0.0.1:\(proxy.port)"
        let error = await get(configuration)
        #expect((error?.underlying as? TransportFailure)?.kind == .cannotConnect)
        #expect(
            error?.description.contains("the proxy refused to connect to api.test:6443 with HTTP status 407") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `a proxy that is not there is named as one cause`() async throws {
        let (listener, port) = try listen()
        close(listener)
        var configuration = try configuration()
        configuration.proxyURL = "http://127.0.0.1:\(port)"
        #expect(await get(configuration)?.description.contains("is the proxy running") == true)
    }

    /// What `infer` makes of a kubeconfig without `proxy-url` for `server`, in an environment.
    private func inferred(_ server: String, _ environment: [String: String]) throws -> KubeConfiguration {
        let authority = Base64.encode(try openssl.contents("ca.crt"))
        let files = MemoryFiles([
            "/k": """
            current-context: c
            contexts: [{name: c, context: {cluster: k}}]
            clusters: [{name: k, cluster: {server: '\(server)', certificate-authority-data: \(authority), tls-server-name: api.test}}]
            """
        ])
        var system = KubeConfiguration.System()
        system.files = files.reader
        return try KubeConfiguration.infer(
            environment: environment.merging(["KUBECONFIG": "/k"]) { $1 }, context: nil, system: system)
    }

    // 0.0.0.0 leads to this machine, but is not what is taken for loopback, which no proxy is asked for.
    @Test(arguments: [
        (nil, true), ("", true), ("10.0.0.0/8,example.com", true), ("0.0.0.0", false), ("10.0.0.0/8, 0.0.0.0/8", false),
        ("*", false),
    ])
    func `the environment names a proxy, and what is reached without`(exceptions: String?, isProxied: Bool) async throws
    {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        var environment = ["HTTPS_PROXY": "127.0.0.1:\(proxy.port)"]
        environment["NO_PROXY"] = exceptions
        #expect(await get(try inferred("https://0.0.0.0:\(target)", environment)) == nil)
        #expect(proxy.requests.count == (isProxied ? 1 : 0))
    }

    @Test func `this machine is reached without the environment's proxy`() async throws {
        let proxy = try ProxyServer(target: target)
        defer { proxy.stop() }
        let environment = ["https_proxy": "http://127.0.0.1:\(proxy.port)"]
        #expect(await get(try inferred("https://127.0.0.1:\(target)", environment)) == nil)
        #expect(proxy.requests.isEmpty)
    }
}
