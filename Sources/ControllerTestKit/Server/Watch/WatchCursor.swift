import KubeClient

/// Turns changes into the frames of one watch; a value, without time and sockets.
struct WatchCursor: Sendable {
    private let plan: WatchPlan
    /// Everything up to this version has been looked at.
    private(set) var position: UInt64
    private var isFirst = true

    init(_ plan: WatchPlan) {
        self.plan = plan
        position = plan.position
    }

    /// The frames that a stream begins with.
    mutating func initialFrames(now: APITime) -> [[UInt8]] {
        if let failure = plan.failure { return [plan.form.frame(failure)] }
        var frames = plan.initial.map { object in frame("ADDED", object, now) }
        if let version = plan.initialBookmark { frames.append(bookmark(version, endsInitialEvents: true, now)) }
        return frames
    }

    /// The frames for changes that came after ``position``.
    mutating func frames(for changes: ArraySlice<ObjectCollection.Change>, now: APITime) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        for change in changes where change.version > position {
            position = change.version
            guard !change.isDropped else { continue }
            let old = change.old.flatMap { plan.filter.matches($0) ? $0 : nil }
            let new = change.new.flatMap { plan.filter.matches($0) ? $0 : nil }
            switch (old, new) {
            case (nil, let new?): frames.append(frame("ADDED", new, now))
            case (_?, let new?): frames.append(frame("MODIFIED", new, now))
            // What leaves the selection is shown as it was, at the version of the change.
            case (let old?, nil): frames.append(frame("DELETED", old.deleted(at: change.version), now))
            case (nil, nil): break
            }
        }
        return frames
    }

    /// A bookmark, once the collection has moved on since the watch began.
    mutating func bookmark(latest: UInt64, now: APITime) -> [UInt8]? {
        guard plan.allowsBookmarks, latest > plan.position else { return nil }
        return bookmark(latest, endsInitialEvents: false, now)
    }

    /// The last frame of a watch that fell behind what is kept.
    func expired(oldest: UInt64) -> [UInt8] {
        plan.form.frame(.expired("too old resource version: \(position) (\(oldest))"))
    }

    private mutating func frame(_ type: StaticString, _ object: StoredObject, _ now: APITime) -> [UInt8] {
        defer { isFirst = false }
        return plan.form.frame(type, object, kind: plan.kind, now: now, isFirst: isFirst)
    }

    private mutating func bookmark(_ version: UInt64, endsInitialEvents: Bool, _ now: APITime) -> [UInt8] {
        defer { isFirst = false }
        return plan.form.bookmark(
            version: version, endsInitialEvents: endsInitialEvents, kind: plan.kind, now: now, isFirst: isFirst)
    }
}
