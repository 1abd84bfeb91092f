import ControllerKit
public import KubeClient

/// Always the same bits: 0 for no jitter at all, the maximum for nearly all of it.
struct ConstantGenerator: RandomNumberGenerator, Sendable {
    var bits: UInt64 = 0
    mutating func next() -> UInt64 { bits }
}

extension ResourceVersion: ExpressibleByStringLiteral {
    /// The literal is the server's text.
    public init(stringLiteral value: String) { self.init(rawValue: value) }
}

extension KubeError {
    static func status(
        _ code: Int, _ reason: String = "", _ message: String = "", retryAfter: Int? = nil,
        causes: [Status.Cause] = []
    ) -> KubeError {
        KubeError(
            .status, "the server said \(code)",
            status: Status(
                code: code, reason: reason, message: message, retryAfterSeconds: retryAfter, causes: causes))
    }

    static let expired = status(410, "Expired", "too old resource version: 1 (2)")
    static let tooLarge = status(
        504, "Timeout", "Too large resource version: 9, current: 1", retryAfter: 1,
        causes: [Status.Cause(reason: "ResourceVersionTooLarge")])
    static let refused = KubeError(.transport, "connection refused")
    /// What a connect says that was not answered in time.
    static let unreached = KubeError(.transport, "", underlying: TransportFailure(.cannotConnect, "no connection"))
    static let serverFailed = status(500, "InternalError", "boom")
    static let forbidden = status(403, "Forbidden")
}

/// A machine without jitter whose actions read as short lines.
struct ScriptedMachine {
    typealias Machine = ReflectorStateMachine

    var machine: Machine
    var rng = ConstantGenerator()

    init(
        pageSize: Int? = 500, streamingList: Bool = false, isOptional: Bool = false, mayBeMissing: Bool = false,
        bits: UInt64 = 0
    ) {
        machine = Machine(
            .init(
                pageSize: pageSize, streamingList: streamingList, isOptional: isOptional, mayBeMissing: mayBeMissing))
        rng = ConstantGenerator(bits: bits)
    }

    mutating func on(_ event: Machine.Event) -> String { Self.text(machine.received(event, using: &rng)) }

    mutating func page(_ version: String, continue token: String? = nil) -> String {
        on(.page(ListMetadata(resourceVersion: ResourceVersion(rawValue: version), continueToken: token)))
    }

    mutating func ended(_ error: KubeError?, after seconds: Double = 0.5) -> String {
        on(.watchEnded(error, after: .seconds(1) * seconds))
    }

    @discardableResult
    mutating func see(_ element: Machine.Element) -> Machine.ElementAction { machine.received(element) }

    /// Goes through a first plain list at a version, up to the watch after it.
    mutating func listed(at version: String) -> String {
        _ = on(.start)
        _ = page(version)
        return on(.replaced)
    }

    static func text(_ action: Machine.Action) -> String {
        switch action {
        case .list(let request):
            var words = ["list"]
            if let token = request.continueToken {
                words.append("page \(token)")
            } else {
                switch request.consistency {
                case .mostRecent: words.append("most recent")
                case .any: words.append("any")
                case .notOlderThan(let version): words.append(">=\(version)")
                case .exact(let version): words.append("=\(version)")
                }
            }
            if let limit = request.limit { words.append("limit \(limit)") }
            return words.joined(separator: " ")
        case .replace(let version): return "replace \(version?.rawValue ?? "-")"
        case .watch(let request):
            switch request.start {
            case .mostRecent: return "watch"
            case .after(let version): return "watch after \(version)"
            case .initialEvents(let version): return "stream \(version.map { ">=\($0)" } ?? "most recent")"
            }
        case .pause(let pause):
            let reason =
                switch pause.reason {
                case .failure(_, let attempt): "failure \(attempt)"
                case .shortWatch(let attempt): "short watch \(attempt)"
                case .expired: "expired"
                case .spread: "spread"
                case .unavailable(_, let isNews): isNews ? "unavailable" : "still unavailable"
                }
            return "\(reason): wait \(pause.duration), \(pause.next)"
        }
    }
}
