import NIOCore
import NIOPosix

/// A plain HTTP GET of something on this machine: the page, and readiness probes.
package enum HTTPGet {
    package struct Answer: Hashable, Sendable {
        package var status: Int
        package var body: String
    }
    struct Failure: Error {}

    /// Asks 127.0.0.1 at `port` for `path`; the connection is closed afterwards.
    ///
    /// At most 1 MiB and `timeout` are spent.
    package static func get(port: Int, path: String, timeout: Duration = .seconds(2)) async throws -> Answer {
        try await withThrowingTaskGroup { group in
            group.addTask { try await exchange(port, path) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw Failure()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw Failure() }
            return answer
        }
    }

    private static func exchange(_ port: Int, _ path: String) async throws -> Answer {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var bytes = ByteBuffer()
            for try await var part in inbound {
                bytes.writeBuffer(&part)
                guard bytes.readableBytes <= 1 << 20 else { throw Failure() }
                if isComplete(String(buffer: bytes)) { break }
            }
            guard let answer = parse(String(buffer: bytes)) else { throw Failure() }
            return answer
        }
    }

    /// Whether as much of the body is there as `Content-Length` says; without it the end of the connection decides.
    private static func isComplete(_ text: String) -> Bool {
        guard let head = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false).first,
            head.utf8.count + 4 <= text.utf8.count
        else { return false }
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length",
                let length = Int(parts[1].drop { $0 == " " })
            else { continue }
            return text.utf8.count - head.utf8.count - 4 >= length
        }
        return false
    }

    static func parse(_ text: String) -> Answer? {
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, text.hasPrefix("HTTP/1."), let status = Int(text.dropFirst(9).prefix(3)) else {
            return nil
        }
        return Answer(status: status, body: String(parts[1]))
    }
}
