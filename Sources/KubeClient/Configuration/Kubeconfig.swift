/// The merged contents of kubeconfig files; entries are interpreted only when a context uses them.
///
/// Merging follows client-go: for each name in `clusters`, `users` and `contexts` the first file that has it counts,
/// with the entry as a whole; `current-context` comes from the first file that sets it. Inside one file names are unique.
struct Kubeconfig {
    private(set) var clusters: [String: KubeconfigField] = [:]
    private(set) var users: [String: KubeconfigField] = [:]
    private(set) var contexts: [String: KubeconfigField] = [:]
    private(set) var currentContext: KubeconfigField?
    private let paths: [String]
    private var foundPaths: [String] = []

    /// Reads the files; those that do not exist are passed over, or for what reason `passesOver` says.
    init(
        paths: [String], files: FileReader, passesOver: (FileError) -> Bool = \.isMissing
    ) throws(KubeError) {
        self.paths = paths
        var seen: Set<String> = []
        for path in paths where seen.insert(path).inserted {
            let bytes: [UInt8]
            do {
                bytes = try files.read(path)
            } catch {
                if passesOver(error) { continue }
                throw KubeError(.configuration, "kubeconfig: \(error)")
            }
            foundPaths.append(path)
            try merge(bytes, path: path)
        }
    }

    /// Whether nothing at all is configured.
    var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext == nil }

    /// Why there is nothing.
    var absence: String {
        if paths.isEmpty { return "no kubeconfig file is named" }
        if foundPaths.isEmpty { return "no such file: \(paths.joined(separator: ", "))" }
        return "nothing is configured in \(foundPaths.joined(separator: ", "))"
    }

    private mutating func merge(_ bytes: [UInt8], path: String) throws(KubeError) {
        let documents: [YAMLNode]
        do {
            documents = try YAMLReader.nodes(bytes, file: path, duplicateKeys: .lastCounts)
        } catch {
            throw KubeError(.configuration, "kubeconfig \(error)")
        }
        for node in documents {
            let document = KubeconfigField(node: node, file: path, path: "")
            if let kind = try document.string("kind"), kind != "Config", let field = try document.member("kind") {
                throw field.error("this is a \(kind), not a kubeconfig (kind: Config)")
            }
            try Self.merge(document, "clusters", "cluster", into: &clusters)
            try Self.merge(document, "users", "user", into: &users)
            try Self.merge(document, "contexts", "context", into: &contexts)
            if currentContext == nil, try document.string("current-context") != nil {
                currentContext = try document.member("current-context")
            }
        }
    }

    private static func merge(
        _ document: KubeconfigField, _ list: String, _ body: String, into entries: inout [String: KubeconfigField]
    ) throws(KubeError) {
        var own: [String: KubeconfigField] = [:]
        for element in try document.elements(list) {
            guard let name = try element.string("name") else { throw element.error("has no name") }
            if own[name] != nil { throw element.error("the name \(name) is taken by an entry before it") }
            let empty = YAMLNode(content: .mapping([]), line: element.node.line, column: element.node.column)
            own[name] =
                try element.member(body)
                ?? KubeconfigField(node: empty, file: element.file, path: "\(element.path).\(body)")
        }
        entries.merge(own) { first, _ in first }
    }
}
