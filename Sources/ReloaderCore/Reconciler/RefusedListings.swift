/// Which lists the server refused, as a value: what may not be listed, or does not exist, is not asked for again at each change.
///
/// Times are durations since an arbitrary, fixed origin.
struct RefusedListings: Sendable {
    // As long as an informer that is off waits until it tries again.
    private static let memory = Duration.seconds(60)

    private var times: [NamespaceListing.Key: Duration] = [:]

    /// Notes that the server refused a list.
    mutating func refused(_ key: NamespaceListing.Key, at now: Duration) {
        times = times.filter { $0.value + Self.memory > now }
        times[key] = now
    }

    /// For how long a list would be refused, as far as is known; nil when it may be granted.
    func pause(before key: NamespaceListing.Key, at now: Duration) -> Duration? {
        times[key].map { $0 + Self.memory - now }.flatMap { $0 > .zero ? $0 : nil }
    }
}
