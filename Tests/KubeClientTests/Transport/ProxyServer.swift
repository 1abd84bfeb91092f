import Synchronization

@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A proxy on a loopback port, for CONNECT and SOCKS 5, that leads everything to one place; a blocking thread per connection.
final class ProxyServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let seen = Mutex<[String]>([])
    private let frozen = Mutex(0)

    /// Opens when a client's bytes have been taken and not passed on.
    let hasSwallowed = Latch()

    /// What it was asked for: the head of a CONNECT, or `SOCKS host:port`.
    var requests: [String] { seen.withLock { $0 } }

    /// Leads to the local port `target`; `refusal` is answered to CONNECT instead.
    init(target: Int, refusal: String? = nil) throws {
        signal(SIGPIPE, SIG_IGN)
        (listener, port) = try listen()
        let descriptor = listener
        startThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0, let self else { return }
                startThread { [weak self] in
                    defer { close(client) }
                    guard let request = Self.readRequest(client) else { return }
                    self?.seen.withLock { $0.append(request) }
                    if let refusal {
                        Self.send(client, Array("HTTP/1.1 \(refusal)\r\nContent-Length: 0\r\n\r\n".utf8))
                        return
                    }
                    guard let server = Self.connect(target) else { return }
                    defer { close(server) }
                    if request.hasPrefix("SOCKS") {
                        Self.send(client, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
                    } else {
                        Self.send(client, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
                    }
                    self?.relay(client, server)
                }
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Has the connections of the moment stay open, and take what is sent, but pass nothing on any more.
    func freeze() { frozen.withLock { $0 += 1 } }

    private static func readRequest(_ client: Int32) -> String? {
        guard let first = read(client, 1) else { return nil }
        guard first[0] == 5 else {
            var head = first
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard let byte = read(client, 1) else { return nil }
                head += byte
            }
            return String(decoding: head, as: UTF8.self)
        }
        guard let count = read(client, 1), read(client, Int(count[0])) != nil else { return nil }
        send(client, [5, 0])
        guard let request = read(client, 4) else { return nil }
        let host: String
        if request[3] == 3 {
            guard let length = read(client, 1), let name = read(client, Int(length[0])) else { return nil }
            host = String(decoding: name, as: UTF8.self)
        } else {
            guard let address = read(client, 4) else { return nil }
            host = address.map(String.init).joined(separator: ".")
        }
        guard let port = read(client, 2) else { return nil }
        return "SOCKS \(host):\(Int(port[0]) << 8 | Int(port[1]))"
    }

    private static func read(_ socket: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = unsafe bytes[got...].withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
            guard more > 0 else { return nil }
            got += more
        }
        return bytes
    }

    private static func send(_ socket: Int32, _ bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes { unsafe write(socket, $0.baseAddress, $0.count) }
    }

    private static func connect(_ port: Int) -> Int32? {
        #if canImport(Glibc)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let client = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                unsafe Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #else
                unsafe Darwin.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #endif
            }
        }
        return result == 0 ? client : nil
    }

    private func relay(_ one: Int32, _ other: Int32) {
        let beginning = frozen.withLock { $0 }
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            var entries = [one, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard unsafe poll(&entries, 2, -1) > 0 else { return }
            for (entry, target) in zip(entries, [other, one]) where entry.revents != 0 {
                let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(entry.fd, $0.baseAddress, $0.count, 0) }
                guard count > 0 else { return }
                let isFrozen = frozen.withLock { frozen in
                    if frozen == beginning { Self.send(target, Array(buffer[..<count])) }
                    return frozen != beginning
                }
                if isFrozen, entry.fd == one { hasSwallowed.open() }
            }
        }
    }
}
