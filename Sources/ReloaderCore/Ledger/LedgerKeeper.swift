import KubeClient
import Logging

/// Keeps the ledger of a Reloader that leads: compares it at the start, writes it while reloads are done, at most once in
/// each ``LedgerOptions/interval``, and a last time at the end.
struct LedgerKeeper: Sendable {
    // Kinds that may only be listed tell of no change; their new workloads are heard of at the latest after this time.
    private static let surveyInterval = Duration.seconds(600)
    private static let longestPause = Duration.seconds(60)
    private static let tries = 3

    let store: LedgerStore
    let coordinator: ReloadCoordinator
    let feeds: ReloadCoordinator.Feeds
    let timeline: Timeline
    let logger: Logger

    private var book: LedgerBook { coordinator.book }

    /// Keeps the ledger until the task is cancelled; returns when it cannot be kept.
    func run() async throws {
        guard try await takeOver() else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await write() }
            if coordinator.hasRefusedKinds {
                group.addTask {
                    while true {
                        try await timeline.sleep(for: Self.surveyInterval)
                        if (try? await coordinator.listUses()) != nil { book.needsSurvey() }
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Writes down what is done; what is not is due for whoever comes next.
    func finish() async {
        do {
            try await flush()
        } catch {
            logger.debug("What was applied last is not written down; the next Reloader looks at the markers: \(error)")
        }
    }

    // MARK: at the start

    /// Reads the ledger and has everything reloaded that changed since it was written; false when there can be none.
    private func takeOver() async throws -> Bool {
        var pause = Duration.seconds(1)
        while true {
            do {
                try await coordinator.listUses()
                let parts = try await store.load()
                let selection = coordinator.options.configSelection
                book.keep(ChangeLedger(parts, selection: selection, makeSalt: store.makeSalt))
                let isFirst = parts.isEmpty
                let recovered = try await compare(coordinator.usedConfigs().union(book.withLedger { $0.keys } ?? []))
                book.withLedger { $0.adoptSelection() }
                try await flush()
                tell(isFirst: isFirst, recovered: recovered)
                return true
            } catch {
                try Task.checkCancellation()
                if let reason = Self.end(error) {
                    tellOff(reason)
                    return false
                }
                logger.warning("What changed while no Reloader ran is not known yet: \(error)")
            }
            try await timeline.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Why there can be no ledger, when an error says so.
    private static func end(_ error: any Error) -> String? {
        switch error {
        case let error as KubeError where error.isForbidden || error.isNotFound || error.isInvalid: "\(error)"
        case let error as LedgerStore.Foreign: "\(error); remove it, or choose another name with --ledger"
        default: nil
        }
    }

    private func tellOff(_ reason: String) {
        book.keep(nil)
        logger.warning(
            "What changes while no Reloader runs will not be seen, because it cannot be remembered: \(reason). Grant get, create and update on configmaps in namespace \(store.options.namespace), or turn this off with --ledger=off"
        )
    }

    private func tell(isFirst: Bool, recovered: Int) {
        let place = "ConfigMap \(store.key(0))"
        guard isFirst else {
            let text = recovered == 0 ? "nothing" : recovered == 1 ? "one config" : "\(recovered) configs"
            logger.info("Since \(place) was last written, \(text) changed")
            return
        }
        logger.info("\(place) remembers from now on what is applied, so that changes during a restart are not lost")
        let stale = coordinator.staleMarkerCount()
        guard stale > 0 else { return }
        logger.warning(
            "\(stale) markers say that pods run with another content than their config has now; nothing is restarted for that, because it may be intended"
        )
    }

    /// Compares configs with what is remembered; returns how many changed in between.
    private func compare(_ keys: Set<ConfigKey>) async throws -> Int {
        var found: [(event: ConfigEvent, key: ConfigKey)] = []
        for key in keys {
            // Digests of Secrets take their time.
            await Task.yield()
            try Task.checkCancellation()
            guard coordinator.isUsed(key) else {
                forget(key)
                continue
            }
            if let event = look(at: key) { found.append((event, key)) }
        }
        // All at once, so that what changed together is reloaded together.
        for (event, key) in found { coordinator.recover(event, key, feeds) }
        return found.count
    }

    /// What happened to a config since the ledger was written; otherwise takes note of it as it is.
    private func look(at key: ConfigKey) -> ConfigEvent? {
        let isKnown = coordinator.caches.knows(key)
        let config = coordinator.caches.config(key)
        let standing = standing(of: key, config?.fingerprint, config?.resourceVersion)
        // Also what can be said no more; it would look like a deletion as soon as the selection is adopted.
        if standing == .unknown { book.withLedger { $0.forget(key) } }
        // What is not watched, or may not be, has neither gone nor stayed.
        guard isKnown || config != nil else { return nil }
        // What was applied since will be told, and must not be overwritten with what was before.
        if standing == .outdated { return nil }
        book.withLedger { $0.compared(key, same: standing == .same ? config?.fingerprint : nil) }
        if standing == .same { return nil }
        if let event = event(for: standing, of: key.type) { return event }
        book.saw(key, .init(config), onlyFirst: true)
        return nil
    }

    private func standing(
        of key: ConfigKey, _ content: Fingerprint?, _ version: ResourceVersion?
    ) -> LedgerStanding {
        book.withLedger { $0.standing(of: key, content: content, version: version) } ?? .unknown
    }

    /// What has to be passed on; nil for nothing.
    private func event(for standing: LedgerStanding, of type: ConfigType) -> ConfigEvent? {
        switch standing {
        case .changed: .updated
        case .appeared: coordinator.options.reloadOnCreate && type.countsWhenCreated ? .created : nil
        case .vanished: coordinator.options.reloadOnDelete && type.countsWhenCreated ? .deleted : nil
        case .unknown, .same, .outdated: nil
        }
    }

    /// Forgets a config that nobody uses, unless somebody may whom nobody sees at present.
    ///
    /// One that does not exist is forgotten all the same, or a kind that is never to be seen would keep each name there was.
    private func forget(_ key: ConfigKey) {
        let caches = coordinator.caches
        guard coordinator.knowsUsers(of: key) || caches.knows(key) && caches.config(key) == nil else { return }
        book.withLedger { $0.forget(key) }
    }

    // MARK: while it is kept

    private func write() async throws {
        var (pause, isOff) = (store.options.interval, false)
        for await _ in book.signals() {
            try await timeline.sleep(for: pause)
            do {
                try await flush()
                (pause, isOff) = (store.options.interval, false)
            } catch {
                try Task.checkCancellation()
                let message = "What is applied cannot be written down at present: \(error)"
                if isOff { logger.debug("\(message)") } else { logger.warning("\(message)") }
                (pause, isOff) = (min(max(pause, .seconds(1)) * 2, Self.longestPause), true)
                book.lookAgain()
            }
        }
        try Task.checkCancellation()
    }

    /// Moves on what nobody waits for any more, and writes what that changed.
    func flush() async throws {
        await note()
        if book.takeSurvey() {
            try await survey()
            await note()
        }
        for part in book.withLedger({ $0.dirtyParts }) ?? [] { try await write(part) }
    }

    /// Compares the configs in use that were not compared so far, and that nobody is told of already.
    private func survey() async throws {
        let found = coordinator.usedConfigs().subtracting(coordinator.busyConfigs())
        _ = try await compare(found.filter { isCompared($0) != true })
    }

    /// Whether what is remembered of a config was compared; nil when nothing is.
    private func isCompared(_ key: ConfigKey) -> Bool? { book.withLedger { $0[key]?.isCompared } ?? nil }

    private func note() async {
        let sightings = book.takeNotes()
        // In this order: what is noted has been passed on to its workloads, so it is waited for or done.
        let busy = coordinator.busyConfigs()
        for (key, sighting) in sightings {
            if key.type == .secret { await Task.yield() }
            if !note(key, sighting, isBusy: busy.contains(key)) { book.putBack(key, sighting) }
        }
    }

    /// Takes note of a config; false when it has to be looked at again.
    private func note(_ key: ConfigKey, _ sighting: LedgerBook.Sighting, isBusy: Bool) -> Bool {
        guard coordinator.isUsed(key) else {
            if !isBusy { forget(key) }
            return !isBusy
        }
        let (content, version) = (sighting.content, sighting.version)
        if isBusy {
            book.withLedger { $0.move(key, content: content, version: version) }
            return false
        }
        if isNews(key, sighting) {
            let standing = standing(of: key, content, version)
            if standing == .outdated { return true }
            if let event = event(for: standing, of: key.type) {
                book.withLedger { $0.compared(key, same: nil) }
                coordinator.recover(event, key, feeds)
                return true
            }
        }
        let options = coordinator.options
        if content != nil || options.reloadOnDelete {
            book.withLedger { $0.moveOn(key, to: content, version: version) }
        } else if options.reloadOnCreate {
            // Without a deletion that counts, what was applied stays: another content under the name is a change.
            book.withLedger { if $0[key] == nil { $0.moveOn(key, to: nil, version: version) } }
        }
        return true
    }

    /// Whether those who use a config may not have been told what was seen of it.
    private func isNews(_ key: ConfigKey, _ sighting: LedgerBook.Sighting) -> Bool {
        switch sighting.reason {
        case .change: false
        case .appearance: true
        // Their kind may have been off until now.
        case .use: isCompared(key) == false
        }
    }

    private func write(_ number: Int) async throws {
        for attempt in 1... {
            guard let part = book.withLedger({ $0.parts[number] }), part.isDirty else { return }
            do throws(KubeError) {
                let version = try await store.write(part, number)
                coordinator.metrics.wroteLedger(succeeded: true)
                book.withLedger { $0.wrote(number, part.snapshot, version) }
                return
            } catch {
                // Another replica writes, too, or somebody has removed it.
                let isStale = error.isConflict || error.isAlreadyExists || error.isNotFound && part.version != nil
                guard isStale, attempt < Self.tries else {
                    coordinator.metrics.wroteLedger(succeeded: false)
                    throw error
                }
            }
            let theirs = try await store.read(number)
            book.withLedger { $0.merge(number, theirs) }
        }
    }
}
