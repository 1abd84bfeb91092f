import KubeClient
import Synchronization

/// The ledger of a Reloader that leads, and what it has yet to take note of.
///
/// Observers leave notes, which costs them a table entry; digests and requests are the ``LedgerKeeper``'s. Nothing is kept
/// while nobody keeps it.
final class LedgerBook: Sendable {
    /// A state of a config, and what it was seen for.
    struct Sighting: Hashable, Sendable {
        /// What a state was seen for.
        enum Reason: Hashable, Sendable {
            /// It was passed on to the workloads that use the config, or none of them has to know.
            case change
            /// The config came into being without that having been passed on: it may be another one under an old name.
            case appearance
            /// Others than before use the config.
            case use
        }

        /// Its content; nil when it was deleted.
        var content: Fingerprint?
        var version: ResourceVersion
        var reason: Reason

        /// A config as it is, for those who use it.
        init(_ config: ConfigObject?) {
            reason = .use
            content = config?.fingerprint
            version = config?.resourceVersion ?? ResourceVersion(rawValue: "")
        }

        /// A config as a change has left it.
        init(_ change: ObservedChange, isPassedOn: Bool = false) {
            let isAppearance = change.event == .created && change.config.key.type.countsWhenCreated
            reason = isAppearance && !isPassedOn ? .appearance : .change
            content = change.event == .deleted ? nil : change.config.fingerprint
            version = change.config.resourceVersion
        }
    }

    private struct Notes {
        var isKept = false
        var sightings: [ConfigKey: Sighting] = [:]
        /// Whether there may be configs in use that nobody has named.
        var isSurveyDue = false
        /// Wakes the keeper.
        var signal: AsyncStream<Void>.Continuation?
    }

    private let notes = Mutex(Notes())
    private let ledger = Mutex<ChangeLedger?>(nil)

    // MARK: what observers say

    /// Whether notes are taken.
    var isKept: Bool { notes.withLock { $0.isKept } }

    /// Notes a state of a config.
    func saw(_ config: ConfigKey, _ sighting: Sighting, onlyFirst: Bool = false) {
        notes.withLock { notes in
            guard notes.isKept, !onlyFirst || notes.sightings[config] == nil else { return }
            notes.sightings[config] = sighting
            notes.signal?.yield()
        }
    }

    /// Notes that there may be configs in use that nobody has named.
    func needsSurvey() {
        notes.withLock { notes in
            notes.isSurveyDue = notes.isKept
            notes.signal?.yield()
        }
    }

    /// Says that a workload waits for less than before.
    ///
    /// Also while the keeper has the notes in its hands: it may have found the workload waiting a moment ago.
    func settled() { lookAgain() }

    /// Whether the last reload that a workload records was later than a change of a config, so that it brought that one, too.
    ///
    /// One annotation records the last reload only. Versions of one server count up over all kinds, so the config that it
    /// names tells when it was done at the earliest.
    func covers(
        _ last: LastReload, _ change: ObservedChange, current: (ConfigKey) -> ConfigObject?
    ) -> Bool {
        guard change.event != .deleted, last.config != change.config.key, let config = current(last.config),
            config.fingerprint == last.fingerprint
        else { return false }
        let remembered = ledger.withLock { ledger -> ResourceVersion? in
            guard let ledger, ledger.standing(of: last.config, content: config.fingerprint) == .same else { return nil }
            return ledger[last.config]?.version
        }
        return (remembered ?? config.resourceVersion).isNewer(than: change.config.resourceVersion) == true
    }

    // MARK: what the keeper does

    /// Begins, or ceases, to take notes.
    func keep(_ ledger: ChangeLedger?) {
        self.ledger.withLock { $0 = ledger }
        notes.withLock { notes in
            if ledger == nil { notes = Notes() }
            notes.isKept = ledger != nil
        }
    }

    /// Takes the notes.
    func takeNotes() -> [ConfigKey: Sighting] {
        notes.withLock { notes in
            defer { notes.sightings = [:] }
            return notes.sightings
        }
    }

    /// Whether ``needsSurvey()`` was called since this was asked last.
    func takeSurvey() -> Bool {
        notes.withLock { notes in
            defer { notes.isSurveyDue = false }
            return notes.isSurveyDue
        }
    }

    /// Puts a note back for later, unless there is a newer one.
    func putBack(_ config: ConfigKey, _ sighting: Sighting) {
        notes.withLock { notes in
            guard notes.isKept, notes.sightings[config] == nil else { return }
            notes.sightings[config] = sighting
        }
    }

    /// Says that there is something to take note of, from now on; many times come to one.
    ///
    /// Made anew for each keeper: a stream ends with the task that waited for it.
    func signals() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        notes.withLock { $0.signal = continuation }
        continuation.yield()
        return stream
    }

    /// Asks the keeper for another look.
    func lookAgain() { notes.withLock { _ = $0.signal?.yield() } }

    /// Lends the ledger; nil when none is kept.
    @discardableResult
    func withLedger<Result: Sendable>(_ body: (inout ChangeLedger) -> Result) -> Result? {
        ledger.withLock { ledger in
            guard var value = ledger else { return nil }
            // Moved out and in, so that it is not copied.
            ledger = nil
            defer { ledger = value }
            return body(&value)
        }
    }
}
