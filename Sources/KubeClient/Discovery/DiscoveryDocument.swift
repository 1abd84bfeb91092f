/// Any of the documents that discovery answers with: the aggregated one, or one of the three classic ones.
///
/// Source: `apidiscovery.k8s.io/v2 APIGroupDiscoveryList` (and `v2beta1`, which reads the same); `meta/v1` `APIVersions`,
/// `APIGroupList` and `APIResourceList`.
struct DiscoveryDocument: KubeDecodable {
    /// A version of a group, with its resources where the document has them.
    struct Version: Hashable, Sendable {
        var group = ""
        var version = ""
        var isPreferred = false
        /// Nil when they are to be asked for.
        var entries: [APICatalogue.Entry]?
        /// Whether the aggregated server did not answer when the server last asked it.
        var isStale = false

        var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
        var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
    }

    var versions: [Version] = []
    /// Of an `APIResourceList`: the group and version are those that were asked for.
    var entries: [APICatalogue.Entry] = []

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "items": try reader.forEachElementIfArray { (reader) throws(JSONError) in try readGroup(&reader) }
            case "versions":
                for version in try reader.stringArray() {
                    versions.append(Version(version: version, isPreferred: versions.isEmpty))
                }
            case "groups":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in try readClassicGroup(&reader) }
            case "resources":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in try readClassicResource(&reader) }
            default: break
            }
        }
    }

    // MARK: Aggregated

    private mutating func readGroup(_ reader: inout JSONReader) throws(JSONError) {
        var group = ""
        var found: [Version] = []
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "name" { group = try reader.stringOrEmpty() }
                }
            case "versions":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    found.append(try Self.version(&reader))
                }
            default: break
            }
        }
        for (position, var version) in found.enumerated() {
            // The versions of a group come in the order of preference.
            version.isPreferred = position == 0
            version.group = group
            version.entries = version.entries?.map { $0.inVersion(version) }
            versions.append(version)
        }
    }

    private static func version(_ reader: inout JSONReader) throws(JSONError) -> Version {
        var version = Version(entries: [])
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "version": version.version = try reader.stringOrEmpty()
            case "freshness": version.isStale = try reader.stringOrEmpty() == "Stale"
            case "resources":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    version.entries?.append(try entry(&reader))
                }
            default: break
            }
        }
        return version
    }

    private static func entry(_ reader: inout JSONReader) throws(JSONError) -> APICatalogue.Entry {
        var entry = APICatalogue.Entry()
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "resource": entry.resource.plural = try reader.stringOrEmpty()
            case "responseKind":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "kind" { entry.resource.kind = try reader.stringOrEmpty() }
                }
            case "scope": entry.resource.isNamespaced = try reader.stringOrEmpty() == "Namespaced"
            case "singularResource": entry.singular = try reader.stringOrEmpty()
            case "verbs": entry.verbs = try reader.stringArray()
            case "shortNames": entry.shortNames = try reader.stringArray()
            case "categories": entry.categories = try reader.stringArray()
            case "subresources":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                        guard name == "subresource" else { return }
                        entry.subresources.append(Subresource(name: try reader.stringOrEmpty()))
                    }
                }
            default: break
            }
        }
        return entry
    }

    // MARK: Classic

    private mutating func readClassicGroup(_ reader: inout JSONReader) throws(JSONError) {
        var group = ""
        var preferred = ""
        var found: [String] = []
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "name": group = try reader.stringOrEmpty()
            case "versions":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    found.append(try Self.versionName(&reader))
                }
            case "preferredVersion": preferred = try Self.versionName(&reader)
            default: break
            }
        }
        let ordered = found.filter { $0 == preferred } + found.filter { $0 != preferred }
        versions += ordered.map { Version(group: group, version: $0, isPreferred: $0 == preferred) }
    }

    private static func versionName(_ reader: inout JSONReader) throws(JSONError) -> String {
        var version = ""
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            if name == "version" { version = try reader.stringOrEmpty() }
        }
        return version
    }

    /// Subresources come as `deployments/scale`, somewhere after the resource that they belong to.
    private mutating func readClassicResource(_ reader: inout JSONReader) throws(JSONError) {
        var entry = APICatalogue.Entry()
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "name": entry.resource.plural = try reader.stringOrEmpty()
            case "kind": entry.resource.kind = try reader.stringOrEmpty()
            case "namespaced": entry.resource.isNamespaced = try reader.boolOrFalse()
            case "singularName": entry.singular = try reader.stringOrEmpty()
            case "verbs": entry.verbs = try reader.stringArray()
            case "shortNames": entry.shortNames = try reader.stringArray()
            case "categories": entry.categories = try reader.stringArray()
            default: break
            }
        }
        let parts = entry.resource.plural.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return entries.append(entry) }
        guard let owner = entries.firstIndex(where: { $0.resource.plural == parts[0] }) else { return }
        entries[owner].subresources.append(Subresource(name: String(parts[1])))
    }
}

extension APICatalogue.Entry {
    /// An entry to be filled in.
    fileprivate init() {
        self.init(
            resource: APIResource(group: "", version: "", plural: "", kind: ""), singular: "", shortNames: [],
            categories: [], verbs: [], subresources: [], isPreferredVersion: false)
    }

    /// The same in a group and version.
    func inVersion(_ version: DiscoveryDocument.Version) -> APICatalogue.Entry {
        var entry = self
        entry.resource.group = version.group
        entry.resource.version = version.version
        entry.isPreferredVersion = version.isPreferred
        return entry
    }
}
