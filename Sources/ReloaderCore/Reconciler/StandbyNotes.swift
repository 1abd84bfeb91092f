/// When a standby collected something whose handling by the leader leaves no trace, as a value.
///
/// A run of a CronJob, the restart of a Rollout and a message to a webhook cannot be seen afterwards. What the leader had
/// enough time for counts as done; what is younger is done after the takeover, so that nothing falls between two leaders.
struct StandbyNotes<Key: Hashable & Sendable>: Sendable {
    // Longer than a lease takes to run out.
    private static var window: Duration { .seconds(30) }

    private var times: [Key: Duration] = [:]

    /// Notes that something was collected for a key.
    mutating func collected(_ key: Key, at now: Duration) { times[key] = now }

    /// Notes that something is due for a key, whatever the leader had time for.
    mutating func isDue(_ key: Key) { times[key] = nil }

    /// Whether the former leader had time for what was last collected for a key; asked once, by the new leader.
    mutating func leaderHadTime(for key: Key, at now: Duration) -> Bool {
        guard let time = times.removeValue(forKey: key) else { return false }
        return time + Self.window < now
    }
}
