import KubeClient

/// The rules of ConfigMaps and Secrets.
enum ConfigRules {
    static let maximumSize = 1024 * 1024

    static var configMap: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.validate = { object in
            let data = object["data"]?.object?.members ?? []
            let binary = object["binaryData"]?.object?.members ?? []
            var faults: [FieldError] = []
            for entry in data {
                faults += keyFaults(entry.name, "data")
                if binary.contains(where: { $0.name == entry.name }) {
                    faults.append(
                        .invalid("data[\(entry.name)]", .string(entry.name), "duplicate of key present in binaryData"))
                }
            }
            for entry in binary { faults += keyFaults(entry.name, "binaryData") }
            let size =
                data.reduce(0) { $0 + ($1.value.string?.utf8.count ?? 0) }
                + binary.reduce(0) { $0 + Base64.decodedCount(of: $1.value.string ?? "") }
            if size > maximumSize { faults.append(.tooLong("[]", maximum: maximumSize)) }
            return faults
        }
        rules.validateUpdate = { new, old in immutabilityFaults(new, old, ["data", "binaryData"]) }
        return rules
    }

    static var secret: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.complete = { object in
            object.setDefault("type", .string("Opaque"))
            guard let plain = object["stringData"]?.object?.members else { return }
            var data = object["data"]?.object ?? JSONObject()
            for entry in plain { data[entry.name] = .string(Base64.encode((entry.value.string ?? "").utf8)) }
            object.set("data", .object(data))
            object.set("stringData", nil)
        }
        rules.validate = { object in
            let data = object["data"]?.object?.members ?? []
            var faults = data.flatMap { keyFaults($0.name, "data") }
            let size = data.reduce(0) { $0 + Base64.decodedCount(of: $1.value.string ?? "") }
            if size > maximumSize { faults.append(.tooLong("data", maximum: maximumSize)) }
            return faults + typeFaults(object)
        }
        rules.validateUpdate = { new, old in
            let type = new["type"]
            let changed: [FieldError] = type == old["type"] ? [] : [.invalid("type", type, "field is immutable")]
            return changed + immutabilityFaults(new, old, ["data"])
        }
        rules.warnings = { object in
            let certificate = object["data", "tls.crt"]?.string.flatMap { Base64.decode($0) } ?? []
            guard object["type"] == .string("kubernetes.io/tls"),
                !String(decoding: certificate, as: UTF8.self).contains("-----BEGIN ")
            else { return [] }
            return ["tls: failed to find any PEM data in certificate input"]
        }
        return rules
    }

    private static func keyFaults(_ key: String, _ field: String) -> [FieldError] {
        Names.configKeyFault(key).map { .invalid("\(field)[\(key)]", .string(key), $0) }
    }

    private static func immutabilityFaults(_ new: JSONValue, _ old: JSONValue, _ fields: [String]) -> [FieldError] {
        guard old["immutable"] == .bool(true) else { return [] }
        return (["immutable"] + fields).filter { new[$0] != old[$0] }
            .map { .forbidden($0, "field is immutable when `immutable` is set") }
    }

    private static func typeFaults(_ object: JSONValue) -> [FieldError] {
        func missing(_ names: String...) -> [FieldError] {
            names.filter { object["data", $0] == nil }.map { .required("data[\($0)]") }
        }
        func document(_ name: String) -> [FieldError] {
            guard let bytes = object["data", name]?.string.flatMap({ Base64.decode($0) }) else { return missing(name) }
            do {
                _ = try GoJSONParser.parse(bytes)
                return []
            } catch {
                return [.invalid("data[\(name)]", .string("<secret contents redacted>"), error.message)]
            }
        }
        switch object["type"]?.string {
        case "kubernetes.io/tls": return missing("tls.crt", "tls.key")
        case "kubernetes.io/dockerconfigjson": return document(".dockerconfigjson")
        case "kubernetes.io/dockercfg": return document(".dockercfg")
        case "kubernetes.io/ssh-auth": return missing("ssh-privatekey")
        case "kubernetes.io/basic-auth":
            return object["data", "username"] == nil && object["data", "password"] == nil
                ? missing("username", "password") : []
        case "kubernetes.io/service-account-token":
            let name = object["metadata", "annotations", "kubernetes.io/service-account.name"]?.string ?? ""
            return name.isEmpty
                ? [.required("metadata.annotations[kubernetes.io/service-account.name]")] : []
        default: return []
        }
    }
}
