/// Sends the body in small pieces.
struct ChunkingWriter: ResponseWriter {
    var next: any ResponseWriter
    var size: Int

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        try await next.begin(status: status, headers: headers)
    }

    func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await next.write(Array(rest.prefix(max(1, size))))
            rest = rest.dropFirst(max(1, size))
        }
    }
}

/// Breaks the connection after some bytes of the body.
final class TruncatingWriter: ResponseWriter {
    private let next: any ResponseWriter
    private var allowance: Int

    init(next: any ResponseWriter, allowance: Int) {
        self.next = next
        self.allowance = allowance
    }

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        try await next.begin(status: status, headers: headers)
    }

    func write(_ bytes: [UInt8]) async throws {
        if allowance > 0 { try await next.write(Array(bytes.prefix(allowance))) }
        guard bytes.count < allowance else { throw ConnectionLost() }
        allowance -= bytes.count
    }
}
