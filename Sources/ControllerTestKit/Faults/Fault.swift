/// Something that goes wrong with requests, on demand.
///
/// A fault applies to the next requests that match, as often as ``times`` says; one request meets one fault, the one
/// injected first.
public struct Fault: Sendable {
    /// What goes wrong.
    public enum Effect: Hashable, Sendable {
        /// The request is refused with this code, as a `v1 Status`; nothing is done. `retryAfter` is in seconds.
        case status(Int, reason: String = "", message: String = "injected fault", retryAfter: Int? = nil)
        /// Something in between answers in the server's place, and nothing is done.
        case foreignAnswer(Int, contentType: String, body: String)
        /// The request is never answered, and nothing is done; it ends when the client gives up.
        case hang
        /// The request is dealt with after this time on the server's clock.
        case delay(Duration)
        /// The request is dealt with at once, and the answer is sent after this time on the server's clock.
        case delayedAnswer(Duration)
        /// The connection breaks before anything is done.
        case reset
        /// The request is dealt with, and the connection breaks before the answer begins.
        case lostAnswer
        /// The connection breaks after this many bytes of the answer's body.
        case truncatedAnswer(bytes: Int)
        /// The answer's body comes in pieces of this many bytes.
        case chunks(bytes: Int)
    }

    /// What goes wrong.
    public var effect: Effect
    /// How many requests meet the fault; nil for all until it is withdrawn.
    public var times: Int?
    /// Which requests meet the fault.
    public var matches: @Sendable (RequestAttributes) -> Bool

    /// Creates a fault for the requests that `matches` picks.
    public init(
        _ effect: Effect, times: Int? = 1,
        where matches: @escaping @Sendable (RequestAttributes) -> Bool = { _ in true }
    ) {
        self.effect = effect
        self.times = times
        self.matches = matches
    }

    /// A fault for requests of one verb, resource and name; what is nil does not matter.
    ///
    /// - Parameters:
    ///   - effect: What goes wrong.
    ///   - times: How often; nil for every time.
    ///   - verb: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    ///   - resource: The lower-case plural.
    ///   - name: The object's name.
    ///   - subresource: Such as `status`.
    public init(
        _ effect: Effect, times: Int? = 1, verb: String?, resource: String? = nil, name: String? = nil,
        subresource: String? = nil
    ) {
        self.init(effect, times: times) { attributes in
            (verb == nil || verb == attributes.verb) && (resource == nil || resource == attributes.resource)
                && (name == nil || name == attributes.name)
                && (subresource == nil || subresource == attributes.subresource)
        }
    }
}

/// The faults that wait for their requests.
struct FaultPlan: Sendable {
    private var faults: [(id: UInt64, fault: Fault)] = []
    private var nextID: UInt64 = 0

    mutating func add(_ fault: Fault) -> UInt64 {
        nextID += 1
        faults.append((nextID, fault))
        return nextID
    }

    mutating func remove(_ id: UInt64) { faults.removeAll { $0.id == id } }
    mutating func removeAll() { faults = [] }

    /// The effect that a request meets; it counts as met.
    mutating func take(for attributes: RequestAttributes) -> Fault.Effect? {
        guard let index = faults.firstIndex(where: { $0.fault.matches(attributes) }) else { return nil }
        let effect = faults[index].fault.effect
        if let times = faults[index].fault.times {
            faults[index].fault.times = times - 1
            if times <= 1 { faults.remove(at: index) }
        }
        return effect
    }
}
