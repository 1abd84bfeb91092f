import Synchronization

@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An HTTP/1.1 server on a loopback port whose answers are scripted byte by byte; a blocking thread per connection.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        /// Connections count from 0 in the order in which they were accepted.
        var connection: Int
        var line: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        subscript(header name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    typealias Handler = @Sendable (Request, Connection) -> Void

    let port: UInt16
    private let listener: Int32
    private let log = Mutex<[Request]>([])
    private let ended = Mutex<[Int: Latch]>([:])

    /// Serves until ``stop()``; `greeting` is sent before any request.
    ///
    /// After the handler returns the connection waits for its next request.
    init(greeting: String? = nil, _ handler: @escaping Handler) throws {
        signal(SIGPIPE, SIG_IGN)
        (listener, port) = try listen()
        let descriptor = listener
        startThread { [weak self] in
            var number = 0
            while true {
                let socket = accept(descriptor, nil, nil)
                guard socket >= 0, let self else { return }
                let index = number
                number += 1
                startThread { [weak self] in
                    let connection = Connection(socket: socket)
                    if let greeting { connection.send(greeting) }
                    while let request = connection.readRequest(index) {
                        self?.log.withLock { $0.append(request) }
                        handler(request, connection)
                    }
                    connection.close()
                    self?.end(of: index).open()
                }
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    var requests: [Request] { log.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Opens when the client has closed the connection, or the handler has.
    func end(of connection: Int) -> Latch {
        ended.withLock { latches in
            let latch = latches[connection] ?? Latch()
            latches[connection] = latch
            return latch
        }
    }

    /// One accepted connection, used by its own thread only.
    final class Connection {
        private let socket: Int32
        private var isOpen = true
        private var received: [UInt8] = []

        fileprivate init(socket: Int32) { self.socket = socket }

        func send(_ text: String) {
            let bytes = Array(text.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes { unsafe write(socket, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                sent += count
            }
        }

        func reply(_ status: String = "200 OK", headers: [String] = [], body: String = "") {
            let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
            send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }

        func beginChunks(_ status: String = "200 OK") {
            send("HTTP/1.1 \(status)\r\nTransfer-Encoding: chunked\r\n\r\n")
        }
        func sendChunk(_ text: String) { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
        func endChunks() { send("0\r\n\r\n") }

        /// Blocks until the client closes its end.
        func waitForEnd() { while receive() {} }

        func close() {
            guard isOpen else { return }
            isOpen = false
            #if canImport(Glibc)
            _ = Glibc.close(socket)
            #else
            _ = Darwin.close(socket)
            #endif
        }

        fileprivate func readRequest(_ index: Int) -> Request? {
            while true {
                guard isOpen else { return nil }
                if let request = takeRequest(index) { return request }
                guard receive() else { return nil }
            }
        }

        private func receive() -> Bool {
            guard isOpen else { return false }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(socket, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            received += chunk[..<count]
            return true
        }

        private func takeRequest(_ index: Int) -> Request? {
            let separator = Array("\r\n\r\n".utf8)
            guard received.count >= 4,
                let end = (0...(received.count - 4)).first(where: { received[$0..<($0 + 4)].elementsEqual(separator) })
            else { return nil }
            let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
            let headers = lines.dropFirst().map { line -> (name: String, value: String) in
                let name = line.prefix { $0 != ":" }
                return (String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
            }
            let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
            guard received.count >= end + 4 + length else { return nil }
            let body = Array(received[(end + 4)..<(end + 4 + length)])
            received.removeFirst(end + 4 + length)
            return Request(connection: index, line: lines[0], headers: headers, body: body)
        }
    }
}

/// Opens once; tasks wait for it.
final class Latch: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Holds a server's thread back until a task lets it go on.
struct Turnstile: Sendable {
    private let pipe: WakePipe

    init() throws {
        guard let pipe = WakePipe() else { throw SystemError() }
        self.pipe = pipe
    }

    func open() { pipe.wake() }

    func wait() {
        var entry = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, 30_000)
        pipe.close()
    }
}

struct SystemError: Error { var code = errno }

func listen() throws -> (Int32, UInt16) {
    #if canImport(Glibc)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
            guard unsafe bind(listener, address, size) == 0, listen(listener, 256) == 0 else { return -1 }
            return unsafe getsockname(listener, address, &size)
        }
    }
    guard listener >= 0, result == 0 else { throw SystemError() }
    return (listener, UInt16(bigEndian: address.sin_port))
}

func startThread(_ body: @escaping @Sendable () -> Void) { _ = LoopThread.start(body) }
