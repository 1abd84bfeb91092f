/// Which configs have a change to tell, as a value.
///
/// Level-triggered: what happened is what lies between the content that was told last and the content of this moment, so
/// changes in quick succession are one message, and one that is taken back is none. Times are durations since an
/// arbitrary, fixed origin.
struct PendingWebhooks: Sendable {
    /// What to do for a config now.
    enum Next: Hashable, Sendable {
        case nothing
        /// The content is what it was.
        case restored
        case wait(Duration)
        case send(ConfigEvent)
    }

    private struct Entry {
        /// The content that was told last, or that was there before the first change; nil for none.
        var baseline: Fingerprint?
        /// Whether another content may have been told since.
        var isUncertain = false
        var first: Duration
        var last: Duration
    }

    let quietPeriod: Duration
    let longestDelay: Duration
    private var entries: [ConfigKey: Entry] = [:]

    init(quietPeriod: Duration, longestDelay: Duration) {
        self.quietPeriod = quietPeriod
        self.longestDelay = longestDelay
    }

    /// Notes a change; returns after how long to look at the config.
    mutating func add(_ change: ObservedChange, at now: Duration) -> Duration {
        var entry = entries[change.config.key] ?? Entry(baseline: change.old?.fingerprint, first: now, last: now)
        entry.last = now
        entries[change.config.key] = entry
        return delay(of: entry, at: now)
    }

    /// What to do for a config whose content is `current` now.
    mutating func next(for config: ConfigKey, current: Fingerprint?, at now: Duration) -> Next {
        guard let entry = entries[config] else { return .nothing }
        let delay = delay(of: entry, at: now)
        if delay > .zero { return .wait(delay) }
        guard current != entry.baseline || entry.isUncertain else {
            entries[config] = nil
            return .restored
        }
        return .send(current == nil ? .deleted : entry.baseline == nil ? .created : .updated)
    }

    /// Notes that the content `told` needs no further message; when it is no longer `current`, the config stays due.
    mutating func settle(_ config: ConfigKey, told: Fingerprint?, current: Fingerprint?) {
        guard var entry = entries[config] else { return }
        entry.baseline = told
        entry.isUncertain = false
        entry.first = entry.last
        entries[config] = told == current ? nil : entry
    }

    /// Notes that a message for a config may have been taken.
    mutating func doubt(_ config: ConfigKey) { entries[config]?.isUncertain = true }

    /// The configs that have a change to tell.
    var keys: some Collection<ConfigKey> { entries.keys }

    /// The content of a config that was told last, or that was there before its first change, when there is one to tell.
    func told(_ config: ConfigKey) -> Fingerprint? { entries[config]?.baseline }

    /// Forgets what there was to tell of a config.
    mutating func forget(_ config: ConfigKey) { entries[config] = nil }

    private func delay(of entry: Entry, at now: Duration) -> Duration {
        max(.zero, min(entry.last + quietPeriod, entry.first + longestDelay) - now)
    }
}
