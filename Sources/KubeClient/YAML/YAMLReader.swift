/// Reads YAML as Kubernetes tools do: the JSON that the text stands for.
package enum YAMLReader {
    /// What happens when a mapping names a key twice.
    package enum DuplicateKeys: Sendable {
        /// An error; for manifests, where the second is nearly always a mistake.
        case refused
        /// The last one counts, as in kubectl and client-go; for kubeconfigs.
        case lastCounts
    }

    /// The documents of a stream with the places of their values; an empty document is `null`.
    ///
    /// `file` names the source in errors. UTF-8 and UTF-16 with a byte order mark are understood. Aliases expand to at
    /// most 1 Mi values and 64 MiB of text; deeper nesting than 256 is refused.
    package static func nodes(
        _ bytes: [UInt8], file: String, duplicateKeys: DuplicateKeys = .refused
    ) throws(YAMLError) -> [YAMLNode] {
        var builder = try YAMLTreeBuilder(YAMLEventParser(bytes, file: file), file: file, duplicateKeys: duplicateKeys)
        return try builder.documents()
    }

    /// The documents of a stream; an empty document is `null`.
    ///
    /// See ``nodes(_:file:duplicateKeys:)`` for the limits.
    package static func documents(
        _ bytes: [UInt8], file: String, duplicateKeys: DuplicateKeys = .refused
    ) throws(YAMLError) -> [JSONValue] {
        try nodes(bytes, file: file, duplicateKeys: duplicateKeys).map(\.jsonValue)
    }
}
