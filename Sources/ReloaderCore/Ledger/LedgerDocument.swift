import KubeClient

/// A part of a ledger as the ConfigMap that people and Reloaders read.
///
/// `data` has one key for each namespace, whose text has one line for each config: tag, name, digest, version. What else it
/// has begins with an underscore, as no namespace does.
struct LedgerDocument: KubeObject {
    /// Marks what Reloader keeps for itself.
    static let label = "reloader.stakater.com/ledger"
    private static let format = "1"
    private static let formatKey = "_format"
    private static let saltKey = "_salt"
    private static let selectionKey = "_selection"

    private let identity: ObjectIdentity
    private let data: [String: String]

    var id: ObjectKey { identity.key }
    var uid: String { identity.uid }
    var resourceVersion: ResourceVersion { identity.resourceVersion }

    init(from reader: inout JSONReader) throws(JSONError) {
        var (identity, data) = (ObjectIdentity(), [String: String]())
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata": identity = try ObjectIdentity(metadata: &reader)
            case "data": data = try reader.stringDictionary()
            default: break
            }
        }
        (self.identity, self.data) = (identity, data)
    }

    /// What is wrong with a ConfigMap that has the name of a ledger.
    enum Problem: Hashable, Sendable {
        /// It is something else, or of a later version.
        case foreign
        /// So many lines could not be read; their configs are seen for the first time.
        case damaged(Int)
    }

    /// What it says; `newSalt` is for one that says nothing yet.
    func part(newSalt: () -> LedgerSalt) -> (part: LedgerPart?, problem: Problem?) {
        if data.isEmpty { return (LedgerPart(salt: newSalt(), version: resourceVersion), nil) }
        guard data[Self.formatKey] == Self.format, let salt = data[Self.saltKey], !salt.isEmpty else {
            return (nil, .foreign)
        }
        var (entries, damage) = ([ConfigKey: LedgerEntry](), 0)
        for (namespace, text) in data where !namespace.hasPrefix("_") {
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 2, let type = ConfigType(tag: words[0]), let entry = LedgerEntry(words: words[2...])
                else {
                    damage += 1
                    continue
                }
                entries[ConfigKey(type, namespace: namespace, name: String(words[1]))] = entry
            }
        }
        let part = LedgerPart(
            salt: LedgerSalt(text: salt), version: resourceVersion, selection: data[Self.selectionKey],
            entries: entries)
        return (part, damage > 0 ? .damaged(damage) : nil)
    }

    /// The ConfigMap as JSON; with the version that it replaces, so that nobody's writes are lost.
    static func body(of part: LedgerPart, at key: ObjectKey, ignoreKey: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("apiVersion", "v1")
            json.field("kind", "ConfigMap")
            json.object("metadata") { json in
                json.field("name", key.name)
                json.field("namespace", key.namespace ?? "")
                if let version = part.version { json.field("resourceVersion", version.rawValue) }
                json.object("labels") { $0.field(label, "reloader") }
                // Nobody's workload restarts for it, whatever is watched and by whichever version.
                json.object("annotations") { json in
                    for key in Set([ignoreKey, AnnotationKeys().ignore]).sorted() { json.field(key, "true") }
                }
            }
            json.object("data") { json in
                json.field(formatKey, format)
                json.field(saltKey, part.salt.text)
                if let selection = part.selection { json.field(selectionKey, selection) }
                let namespaces = Dictionary(grouping: part.entries, by: \.key.namespace)
                for (namespace, entries) in namespaces.sorted(by: { $0.key < $1.key }) {
                    let lines = entries.map { "\($0.key.type.tag) \($0.key.name) \($0.value.text)" }
                    json.field(namespace, lines.sorted().joined(separator: "\n"))
                }
            }
        }
        return json.bytes
    }
}
