/// A value in a kubeconfig file, with what an error about it has to name: file, line and the way to the field.
struct KubeconfigField {
    let node: YAMLNode
    let file: String
    /// Such as `clusters[0].cluster.server`; empty for the whole document.
    let path: String

    /// The member of a mapping; nil when there is none, or when it is `null`.
    func member(_ name: String) throws(KubeError) -> KubeconfigField? {
        if case .null = node.content { return nil }
        guard case .mapping = node.content else { throw error("must be a mapping") }
        guard let member = node[name] else { return nil }
        if case .null = member.content { return nil }
        return KubeconfigField(node: member, file: file, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// A string member; nil when there is none or when it is empty, which Kubernetes takes as the same.
    func string(_ name: String) throws(KubeError) -> String? {
        guard let member = try member(name) else { return nil }
        let text = try member.text()
        return text.isEmpty ? nil : text
    }

    /// A Boolean member; false when there is none.
    func bool(_ name: String) throws(KubeError) -> Bool {
        guard let member = try member(name) else { return false }
        guard case .bool(let value) = member.node.content else { throw member.error("must be true or false") }
        return value
    }

    /// The elements of a member that is a sequence; empty when there is none.
    func elements(_ name: String) throws(KubeError) -> [KubeconfigField] {
        guard let member = try member(name) else { return [] }
        guard case .sequence(let nodes) = member.node.content else { throw member.error("must be a list") }
        return nodes.enumerated().map { index, node in
            KubeconfigField(node: node, file: file, path: "\(member.path)[\(index)]")
        }
    }

    /// The strings of a member that is a list of strings; empty when there is none.
    func strings(_ name: String) throws(KubeError) -> [String] {
        var strings: [String] = []
        for element in try elements(name) { strings.append(try element.text()) }
        return strings
    }

    private func text() throws(KubeError) -> String {
        switch node.content {
        case .string(let text): return text
        case .bool, .number: throw error("must be a string; put the value in quotes")
        case .null, .sequence, .mapping: throw error("must be a string")
        }
    }

    /// The path that a member holds, relative to the file's own folder.
    func filePath(_ name: String) throws(KubeError) -> String? {
        guard let path = try string(name) else { return nil }
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return "\(file[...slash])\(path)"
    }

    /// The file that ``data(_:files:)`` reads, nil when the data stands in the kubeconfig itself.
    func dataFile(_ name: String) throws(KubeError) -> String? {
        try string("\(name)-data") == nil ? filePath(name) : nil
    }

    /// The bytes of `<name>-data` (Base64), else of the file that `<name>` names.
    func data(_ name: String, files: FileReader) throws(KubeError) -> [UInt8]? {
        if let text = try string("\(name)-data"), let member = try member("\(name)-data") {
            guard let bytes = Base64.decode(text) else { throw member.error("is not Base64") }
            return bytes
        }
        guard let path = try filePath(name), let member = try member(name) else { return nil }
        do {
            return try files.read(path)
        } catch {
            throw member.error("\(error)")
        }
    }

    /// An error about this field.
    func error(_ reason: String) -> KubeError {
        KubeError(.configuration, "kubeconfig \(file):\(node.line): \(path.isEmpty ? "the document" : path): \(reason)")
    }
}
