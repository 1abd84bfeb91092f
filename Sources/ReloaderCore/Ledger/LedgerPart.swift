import KubeClient

/// One ConfigMap of a ledger, with what was changed since it was written.
///
/// Complete in itself: it has a salt of its own, and an entry stays in the part that it came into.
struct LedgerPart: Sendable {
    // A ConfigMap may have 1 MiB; smaller parts make smaller writes.
    private static let capacity = 256 * 1024
    private static let overhead = 64

    /// What its digests are made with.
    private(set) var salt: LedgerSalt
    /// The version that the server has of it; nil when it does not exist there.
    private(set) var version: ResourceVersion?
    /// Which configs could be seen when its entries were compared; nil for all that are by default.
    private(set) var selection: String?
    private var isSelectionNew = false
    /// What is remembered.
    private(set) var entries: [ConfigKey: LedgerEntry]
    /// What differs from the server's version, or may.
    private(set) var changed: Set<ConfigKey> = []
    private var size: Int

    init(
        salt: LedgerSalt, version: ResourceVersion? = nil, selection: String? = nil,
        entries: [ConfigKey: LedgerEntry] = [:]
    ) {
        self.salt = salt
        self.version = version
        self.selection = selection
        self.entries = entries
        size = entries.keys.reduce(0) { $0 + Self.size(of: $1) }
    }

    /// Whether it has to be written.
    var isDirty: Bool { version == nil || !changed.isEmpty || isSelectionNew }
    /// Whether another entry fits.
    var hasRoom: Bool { size < Self.capacity }

    private static func size(of key: ConfigKey) -> Int { key.name.utf8.count + key.namespace.utf8.count + overhead }

    subscript(key: ConfigKey) -> LedgerEntry? {
        get { entries[key] }
        set {
            if entries[key]?.text != newValue?.text { changed.insert(key) }
            if (entries[key] == nil) != (newValue == nil) {
                size += newValue == nil ? -Self.size(of: key) : Self.size(of: key)
            }
            entries[key] = newValue
        }
    }

    /// Notes that the server has it as it was when `written` were its changes.
    mutating func wrote(_ written: [ConfigKey: String?], _ version: ResourceVersion) {
        self.version = version
        isSelectionNew = false
        // What changed while the request was under way has yet to be written.
        changed = changed.filter { key in
            guard let text = written[key] else { return true }
            return text != entries[key]?.text
        }
    }

    /// Notes under which selection all its entries were compared.
    mutating func adopt(_ selection: String?) {
        if self.selection != selection { isSelectionNew = true }
        self.selection = selection
    }

    /// The changes as they are about to be written.
    var snapshot: [ConfigKey: String?] {
        changed.reduce(into: [:]) { $0.updateValue(entries[$1]?.text, forKey: $1) }
    }

    /// Takes over what the server has, after somebody else has written it, and keeps the changes made here.
    mutating func merge(_ theirs: LedgerPart?) {
        guard let theirs else {
            version = nil
            changed.formUnion(entries.keys)
            return
        }
        var merged = theirs.entries
        for (key, entry) in merged {
            guard let own = entries[key] else { continue }
            merged[key]?.isCompared = own.isCompared
            if own.digest == entry.digest, theirs.salt == salt { merged[key]?.content = own.content }
        }
        for key in changed {
            guard var entry = entries[key] else {
                merged[key] = nil
                continue
            }
            if theirs.salt != salt, entry.digest != nil {
                entry.digest = entry.content.flatMap { theirs.salt.digest($0, of: key) } ?? 0
                // A digest that cannot be made anew says nothing, so the markers have to.
                if entry.content == nil { entry.isMoving = true }
            }
            merged[key] = entry
        }
        let changed = changed
        // Not under ours: what they saw may be left out by it.
        self = LedgerPart(
            salt: theirs.salt, version: theirs.version, selection: theirs.selection, entries: merged)
        self.changed = changed
    }
}
