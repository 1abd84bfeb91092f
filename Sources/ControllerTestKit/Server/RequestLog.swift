import Synchronization

/// One request that the server received.
public struct RecordedRequest: Sendable {
    /// Counts from 1, in the order of arrival.
    public var number: Int
    /// The HTTP method.
    public var method: String
    /// Path and query as sent.
    public var target: String
    /// The path, percent-encoded.
    public var path: String
    /// Decoded query items in order.
    public var query: [(name: String, value: String)]
    /// Headers in order, names as sent.
    public var headers: [(name: String, value: String)]
    /// The body, empty for none.
    public var body: [UInt8]
    /// Verb, resource, names and user.
    public var attributes: RequestAttributes
    /// The status code of the answer; nil while there is none.
    ///
    /// A watch has one as soon as it runs.
    public var status: Int?

    /// The first value of a header; names compare without case.
    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
    /// The first value of a query item.
    public subscript(query name: String) -> String? { query.first { $0.name == name }?.value }
    /// The `User-Agent` header, empty for none.
    public var userAgent: String { self[header: "User-Agent"] ?? "" }
    /// The body as text.
    public var bodyText: String { String(decoding: body, as: UTF8.self) }
}

/// What came in, in order; the oldest go when there are many.
final class RequestLog: Sendable {
    private struct State {
        var entries: [RecordedRequest] = []
        var count = 0
    }

    static let capacity = 20_000
    private let state = Mutex(State())

    func append(_ request: ServerRequest, _ attributes: RequestAttributes) -> Int {
        state.withLock { state in
            state.count += 1
            state.entries.append(
                RecordedRequest(
                    number: state.count, method: request.method, target: request.target, path: request.path,
                    query: request.query, headers: request.headers, body: request.body, attributes: attributes))
            if state.entries.count > Self.capacity { state.entries.removeFirst(Self.capacity / 2) }
            return state.count
        }
    }

    func answered(_ number: Int, status: Int) {
        state.withLock { state in
            guard let first = state.entries.first?.number, number >= first else { return }
            let index = number - first
            if index < state.entries.count { state.entries[index].status = status }
        }
    }

    var entries: [RecordedRequest] { state.withLock { $0.entries } }
    func removeAll() { state.withLock { $0.entries = [] } }
}
