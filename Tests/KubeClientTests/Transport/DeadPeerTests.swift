import TestSupport
import Testing

@testable import KubeClient

#if canImport(Glibc)
import Glibc

/// A peer that has vanished without a word sends nothing that could be tested against; what the system is told is.
@Suite struct DeadPeerTests {
    @Test func `an idle watch whose peer is gone ends within a minute, by the system's probes`() async throws {
        let goOn = try Turnstile()
        let server = try ScriptedServer { _, connection in
            connection.beginChunks()
            connection.sendChunk("first;")
            goOn.wait()
            connection.endChunks()
        }
        defer { server.stop() }
        let transport = try CurlTransport(configuration: KubeConfiguration(server: server.url), logger: .silent)
        let receiver = CollectingReceiver()
        async let watch: Void = transport.perform(
            HTTPRequest(.get, "/watch", channel: .watches), deliveringTo: receiver)
        await receiver.hasBody.wait()
        let sockets = (3..<4096).filter { port(ofPeer: $0) == server.port }
        #expect(!sockets.isEmpty)
        for socket in sockets {
            #expect(option(socket, SOL_SOCKET, SO_KEEPALIVE) == 1)
            let idle = option(socket, Int32(IPPROTO_TCP), TCP_KEEPIDLE)
            let userTimeout = option(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT)
            // The first probe goes out after `idle` seconds; unanswered, they end the connection at the user time-out.
            #expect(idle > 0 && idle < 60)
            #expect(userTimeout > 0 && userTimeout <= 60_000)
        }
        goOn.open()
        try await watch
    }

    @Test(arguments: [
        (nil, 32, true), (-1, 32, true), (1, 32, true), (26, 32, true), (28, 32, false), (-1, 1, true), (0, 1, false),
    ])
    func `a connection is dead when nothing has come in for five seconds, or since the request that is late`(
        received: Int?, deadline: Int, isSilent: Bool
    ) {
        let start = ContinuousClock.now
        #expect(
            CurlLoop.isSilent(
                lastReceived: received.map { start + .seconds($0) }, start: start, now: start + .seconds(deadline),
                patience: .seconds(5)) == isSilent)
    }

    private func port(ofPeer socket: Int32) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getpeername(socket, address, &size)
            }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }

    private func option(_ socket: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(socket, level, name, &value, &size) == 0 ? value : -1
    }
}
#endif
