import ControllerTestKit
import KubeClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Stands between a program and an API server, on loopback and without TLS, and counts what the program asks.
///
/// Each request is passed on with the recorder's own credentials; answers are streamed.
final class Recorder: Sendable {
    private struct State {
        var calls: [String: Int] = [:]
        var watched: Set<String> = []
    }

    private let transport: any Transport
    private let state = Mutex(State())

    init(forwardingTo transport: any Transport) { self.transport = transport }

    /// Requests by verb since the last ``reset()``.
    var calls: [String: Int] { state.withLock { $0.calls } }

    /// The resources that were watched since the last ``reset()``.
    var watched: Set<String> { state.withLock { $0.watched } }

    func reset() { state.withLock { $0 = State() } }

    /// Serves a port for the length of `body`.
    func serve<Result: Sendable>(_ body: (_ url: String) async throws -> Result) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try RecordedConnection.Channel(wrappingChannelSynchronously: channel)
                }
            }
        let url = "http://127.0.0.1:\(channel.channel.localAddress?.port ?? 0)"
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await channel.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { await RecordedConnection(recorder: self, channel: connection).run() }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(url)
        }
    }

    /// Counts a request and passes it on.
    func forward(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: [UInt8], to answer: Forwarded
    )
        async
    {
        let attributes = RequestAttributes(method: method, target: target)
        let isWatch = attributes.verb == "watch"
        state.withLock { state in
            state.calls[attributes.isResourceRequest ? attributes.verb : "other", default: 0] += 1
            if isWatch { state.watched.insert(attributes.resource) }
        }
        guard let method = HTTPRequest.Method(rawValue: method) else {
            return answer.fail("\(method) is not supported")
        }
        let kept = headers.filter { ["accept", "content-type", "user-agent"].contains($0.0.lowercased()) }
        do {
            try await transport.perform(
                HTTPRequest(
                    method, target, headers: kept, body: body.isEmpty ? nil : body,
                    channel: isWatch ? .watches : .requests),
                deliveringTo: answer)
            answer.finish()
        } catch {
            answer.fail(error.message)
        }
    }
}

/// One connection of a program to the recorder: requests one after the other.
struct RecordedConnection: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let recorder: Recorder
    let channel: Channel

    func run() async {
        // What goes on is ended when the program closes: it may be a watch, whose next bytes are far.
        let current = CurrentAnswer()
        channel.channel.closeFuture.whenComplete { _ in current.close() }
        try? await channel.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let new): (head, body) = (new, [])
                case .body(let buffer): body += buffer.readableBytesView
                case .end:
                    guard let request = head, try await respond(to: request, body, outbound, current),
                        request.isKeepAlive
                    else { return }
                }
            }
        }
    }

    /// Returns false when there was no answer to send.
    private func respond(
        to head: HTTPRequestHead, _ body: [UInt8], _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>,
        _ current: CurrentAnswer
    ) async throws -> Bool {
        let (parts, sink) = AsyncStream<HTTPServerResponsePart>.makeStream()
        let answer = Forwarded(sink: sink)
        current.set(answer)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let headers = head.headers.map { ($0.name, $0.value) }
            group.addTask { [recorder] in
                await recorder.forward(head.method.rawValue, head.uri, headers, body, to: answer)
            }
            defer { group.cancelAll() }
            var hasBegun = false
            for await part in parts {
                hasBegun = true
                try await outbound.write(part)
            }
            guard hasBegun else { return false }
            try await outbound.write(.end(nil))
            return true
        }
    }
}

/// The answer that a connection is at.
private final class CurrentAnswer: Sendable {
    private let state = Mutex<(answer: Forwarded?, isClosed: Bool)>((nil, false))

    func set(_ answer: Forwarded) {
        let isClosed = state.withLock { state in
            state.answer = answer
            return state.isClosed
        }
        if isClosed { answer.finish() }
    }

    func close() {
        let answer = state.withLock { state in
            state.isClosed = true
            return state.answer
        }
        answer?.finish()
    }
}

/// An answer on its way from the transport's thread to a connection.
final class Forwarded: ResponseReceiver {
    private let sink: AsyncStream<HTTPServerResponsePart>.Continuation
    private let hasBegun = Atomic(false)

    init(sink: AsyncStream<HTTPServerResponsePart>.Continuation) { self.sink = sink }

    func receive(_ head: AnswerHead) {
        hasBegun.store(true, ordering: .relaxed)
        let framing: Set<String> = ["content-length", "transfer-encoding", "connection"]
        let headers = head.headers.filter { !framing.contains($0.name.lowercased()) }
        sink.yield(
            .head(
                NIOHTTP1.HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: head.status),
                    headers: HTTPHeaders(headers.map { ($0.name, $0.value) }))))
    }

    func receive(_ bytes: RawSpan) {
        let buffer = unsafe bytes.withUnsafeBytes { unsafe ByteBuffer(bytes: $0) }
        sink.yield(.body(.byteBuffer(buffer)))
    }

    func finish() { sink.finish() }

    /// 502, unless the answer has begun.
    func fail(_ reason: String) {
        if !hasBegun.load(ordering: .relaxed) {
            sink.yield(.head(NIOHTTP1.HTTPResponseHead(version: .http1_1, status: .badGateway)))
            sink.yield(.body(.byteBuffer(ByteBuffer(string: reason))))
        }
        sink.finish()
    }
}
