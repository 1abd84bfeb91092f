import KubeClient

/// What the statuses of a class's pods come to as *the* content of the class, as a value.
///
/// The driver of each node rotates its own pods at its own time, so during a rotation the statuses differ. For each secret
/// the content has the newest version that a running pod was *rotated to*. A pod that follows to that version, or to one
/// that came before it, brings no news; one that goes back to an earlier version does, because that is how a rotation is
/// undone. What pods start with is no news either: they have it. It becomes the content, silently, once no pod is left
/// that has mounted the version before.
struct ProviderClassContent: Sendable {
    /// What a change of a status means for the class.
    enum Outcome: Hashable, Sendable {
        /// Nothing.
        case same
        /// Its content is another one now, with which pods have started.
        case settled
        /// Pods run with content that has been replaced.
        case rotated
        /// The same, and the rotation began before this process did.
        case rotatedSinceBefore
    }

    // A pod that is further behind than this is seen as one that goes back.
    private static let memory = 16

    private struct Versions: Sendable {
        var current: String
        /// When `current` was written, while the initial list comes in.
        var asOf: ResourceVersion
        /// The versions that `current` has replaced, oldest first.
        var earlier: [String] = []

        mutating func move(to version: String, at time: ResourceVersion) {
            earlier.removeAll { $0 == version }
            earlier.append(current)
            if earlier.count > ProviderClassContent.memory { earlier.removeFirst() }
            (current, asOf) = (version, time)
        }
    }

    private typealias Item = ProviderClassPodStatus.Item

    private var versions: [Item: Versions] = [:]
    /// How many statuses have each version of each secret.
    private var carriers: [Item: [String: Int]] = [:]
    private var statuses = 0
    /// Whether the pods had different versions when they were first listed.
    private var isRotatingSinceBefore = false
    /// The version of the status that last changed the content.
    private(set) var resourceVersion = ResourceVersion(rawValue: "")

    /// A pod has started, or was there at the start (`isInitial`).
    mutating func added(_ status: ProviderClassPodStatus, isInitial: Bool) -> Outcome {
        let before = current
        statuses += 1
        for (item, version) in status.versions { carriers[item, default: [:]][version, default: 0] += 1 }
        for (item, version) in status.versions where versions[item] == nil {
            // A secret that the class did not have, until all its pods have it.
            guard statuses == 1 || isInitial || carriers[item, default: [:]].values.reduce(0, +) == statuses else {
                continue
            }
            if statuses > 1, isInitial { isRotatingSinceBefore = true }
            versions[item] = Versions(current: version, asOf: status.resourceVersion)
        }
        if isInitial {
            if versions.keys.contains(where: { status.versions[$0] == nil }) { isRotatingSinceBefore = true }
        } else {
            dropUncarried()
        }
        for (item, version) in status.versions {
            guard let known = versions[item], known.current != version else { continue }
            if isInitial {
                seed(item, version, status.resourceVersion)
            } else if carriers[item]?[known.current] == nil {
                versions[item]?.move(to: version, at: status.resourceVersion)
            }
        }
        return settled(before, at: status.resourceVersion)
    }

    /// A pod is gone.
    mutating func removed(_ status: ProviderClassPodStatus) -> Outcome {
        let before = current
        statuses -= 1
        for (item, version) in status.versions { drop(item, version) }
        // With no pod left nobody can tell otherwise: the next ones decide.
        guard statuses > 0 else { return .same }
        dropUncarried()
        for (item, known) in versions where carriers[item]?[known.current] == nil {
            // Never back: what is left may only be behind.
            let next = carriers[item]?.keys.filter { !known.earlier.contains($0) }.max()
            if let next { versions[item]?.move(to: next, at: status.resourceVersion) }
        }
        return settled(before, at: status.resourceVersion)
    }

    /// A running pod has other versions now.
    mutating func changed(from old: ProviderClassPodStatus, to new: ProviderClassPodStatus) -> Outcome {
        var (isNews, hasChanged) = (false, false)
        for item in Set(old.versions.keys).union(new.versions.keys) {
            let (before, after) = (old.versions[item], new.versions[item])
            guard before != after else { continue }
            hasChanged = true
            if let before { drop(item, before) }
            if let after { carriers[item, default: [:]][after, default: 0] += 1 }
            if rotated(item, from: before, to: after, at: new.resourceVersion) { isNews = true }
        }
        if isNews {
            resourceVersion = new.resourceVersion
            return .rotated
        }
        guard hasChanged, isRotatingSinceBefore else { return .same }
        isRotatingSinceBefore = false
        return .rotatedSinceBefore
    }

    /// The fingerprint of a status that has all the current versions; compatible with the one in v1.4.21's markers.
    func fingerprint(className: String) -> Fingerprint? {
        var hasher = PayloadHasher(isSecret: false)
        hasher.add("SecretProviderClassName", className)
        for (item, versions) in versions { hasher.add(item.id, versions.current) }
        return hasher.finish()
    }

    private var current: [Item: String] { versions.mapValues(\.current) }

    private mutating func settled(_ before: [Item: String], at version: ResourceVersion) -> Outcome {
        guard before != current else { return .same }
        resourceVersion = version
        return .settled
    }

    private mutating func drop(_ item: Item, _ version: String) {
        guard let count = carriers[item]?[version] else { return }
        carriers[item]?[version] = count > 1 ? count - 1 : nil
        if carriers[item]?.isEmpty == true { carriers[item] = nil }
    }

    /// Forgets secrets that no pod has mounted.
    private mutating func dropUncarried() { versions = versions.filter { carriers[$0.key] != nil } }

    /// Of pods that differ at the start, the one written last is right, and the others are behind.
    private mutating func seed(_ item: Item, _ version: String, _ time: ResourceVersion) {
        guard var known = versions[item] else { return }
        isRotatingSinceBefore = true
        if time.isNewer(than: known.asOf) == true {
            known.move(to: version, at: time)
        } else if !known.earlier.contains(version) {
            known.earlier.insert(version, at: 0)
        }
        versions[item] = known
    }

    private mutating func rotated(
        _ item: Item, from before: String?, to after: String?, at time: ResourceVersion
    ) -> Bool {
        guard let after else { return versions.removeValue(forKey: item) != nil }
        guard let known = versions[item] else {
            versions[item] = Versions(current: after, asOf: time)
            return true
        }
        guard known.current != after else { return false }
        if let place = known.earlier.firstIndex(of: after) {
            let origin = before.flatMap { $0 == known.current ? known.earlier.count : known.earlier.firstIndex(of: $0) }
            guard let origin, origin > place else { return false }
        }
        versions[item]?.move(to: after, at: time)
        return true
    }
}
