import KubeClient

/// The environment of a container, resolved from its pod, ConfigMaps and Secrets at the moment it starts.
///
/// Pure. Sources: `core/v1` EnvVar, EnvFromSource and EnvVarSource. Left out: `resourceFieldRef`.
struct ContainerEnvironment {
    var pod: Manifest
    var configMaps: [String: Manifest]
    var secrets: [String: Manifest]

    /// Names of the ConfigMaps and Secrets that the pod's containers ask for.
    static func references(of pod: Manifest) -> (configMaps: Set<String>, secrets: Set<String>) {
        var (configMaps, secrets): (Set<String>, Set<String>) = ([], [])
        for container in pod.json.at("spec", "containers")?.elements ?? [] {
            for source in container.at("envFrom")?.elements ?? [] {
                if let name = source.at("configMapRef", "name")?.string { configMaps.insert(name) }
                if let name = source.at("secretRef", "name")?.string { secrets.insert(name) }
            }
            for variable in container.at("env")?.elements ?? [] {
                if let name = variable.at("valueFrom", "configMapKeyRef", "name")?.string { configMaps.insert(name) }
                if let name = variable.at("valueFrom", "secretKeyRef", "name")?.string { secrets.insert(name) }
            }
        }
        return (configMaps, secrets)
    }

    /// The variables of one container; a later one wins over an earlier one of the same name.
    func variables(of container: JSONValue) throws(ContainerProblem) -> [String: String] {
        var variables: [String: String] = [:]
        for source in container.at("envFrom")?.elements ?? [] {
            let prefix = source.at("prefix")?.string ?? ""
            for (name, value) in try values(of: source) { variables[prefix + name] = value }
        }
        for variable in container.at("env")?.elements ?? [] {
            guard let name = variable.at("name")?.string else { continue }
            if let source = variable.at("valueFrom") {
                // Optional and missing: as if the variable were not there.
                if let value = try self.value(from: source) { variables[name] = value }
            } else {
                variables[name] = Self.expand(variable.at("value")?.string ?? "", variables)
            }
        }
        return variables
    }

    private func values(of source: JSONValue) throws(ContainerProblem) -> [String: String] {
        for (member, kind) in [("configMapRef", "configmap"), ("secretRef", "secret")] {
            guard let reference = source.at(member), let name = reference.at("name")?.string else { continue }
            if let data = data(kind, name) { return data }
            if reference.at("optional")?.isTrue != true { throw missing(kind, name) }
        }
        return [:]
    }

    private func value(from source: JSONValue) throws(ContainerProblem) -> String? {
        for (member, kind) in [("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")] {
            guard let reference = source.at(member), let name = reference.at("name")?.string,
                let key = reference.at("key")?.string
            else { continue }
            let data = data(kind, name)
            if let value = data?[key] { return value }
            if reference.at("optional")?.isTrue == true { return nil }
            guard data != nil else { throw missing(kind, name) }
            throw ContainerProblem(
                reason: "CreateContainerConfigError",
                message: "couldn't find key \(key) in \(kind == "secret" ? "Secret" : "ConfigMap") "
                    + "\(ObjectKey(namespace: pod.namespace, name: name))")
        }
        if let path = source.at("fieldRef", "fieldPath")?.string { return try field(path) }
        throw ContainerProblem(
            reason: "CreateContainerConfigError", message: "the sandbox does not resolve this kind of valueFrom")
    }

    private func data(_ kind: String, _ name: String) -> [String: String]? {
        switch kind {
        case "configmap": configMaps[name].map { $0.json.at("data")?.texts ?? [:] }
        default:
            secrets[name].map { secret in
                (secret.json.at("data")?.texts ?? [:]).compactMapValues { text in
                    // What is not UTF-8 gets replacement characters: environment variables are text.
                    Base64.decode(text).map { String(decoding: $0, as: UTF8.self) }
                }
            }
        }
    }

    private func missing(_ kind: String, _ name: String) -> ContainerProblem {
        ContainerProblem(reason: "CreateContainerConfigError", message: "\(kind) \"\(name)\" not found")
    }

    /// The downward API.
    private func field(_ path: String) throws(ContainerProblem) -> String {
        switch path {
        case "metadata.name": return pod.name
        case "metadata.namespace": return pod.namespace ?? ""
        case "metadata.uid": return pod.uid
        case "spec.nodeName": return sandboxNodeName
        case "spec.serviceAccountName": return pod.json.at("spec", "serviceAccountName")?.string ?? "default"
        case "status.podIP", "status.hostIP": return "127.0.0.1"
        default: break
        }
        for (prefix, texts) in [("metadata.labels['", pod.labels), ("metadata.annotations['", pod.annotations)]
        where path.hasPrefix(prefix) && path.hasSuffix("']") {
            return texts[String(path.dropFirst(prefix.count).dropLast(2))] ?? ""
        }
        throw ContainerProblem(
            reason: "CreateContainerConfigError", message: "fieldPath \(path) is not one that the sandbox knows")
    }

    /// Replaces `$(NAME)` by the variable's value; an unknown name stays as it is, and `$$(NAME)` becomes `$(NAME)`.
    static func expand(_ text: String, _ variables: [String: String]) -> String {
        var expanded = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                expanded += "$"
                rest.removeFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                expanded += variables[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            } else {
                expanded += "$"
            }
        }
        return expanded + rest
    }
}
