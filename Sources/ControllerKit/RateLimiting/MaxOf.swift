/// The longest delay of several limiters; all of them are charged each time.
public struct MaxOf<Key: Hashable & Sendable>: RateLimiter {
    private var limiters: [any RateLimiter<Key>]

    /// Combines limiters; without any, there is no delay.
    public init(_ limiters: any RateLimiter<Key>...) { self.limiters = limiters }

    /// The longest of the delays.
    public mutating func delay(for key: Key, now: Duration) -> Duration {
        var longest = Duration.zero
        for index in limiters.indices { longest = max(longest, limiters[index].delay(for: key, now: now)) }
        return longest
    }

    /// Forgets the key in all of them.
    public mutating func forget(_ key: Key) {
        for index in limiters.indices { limiters[index].forget(key) }
    }
}
