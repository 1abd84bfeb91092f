package import KubeClient

/// One place in a pod template that uses a config, told in more detail than reloads need.
///
/// What reloads need is in ``PodTemplateReferences``; a config is used here exactly when it is there (a test says so).
package struct ConfigUse: Hashable, Sendable {
    /// How the config reaches a container.
    package enum Place: Hashable, Sendable {
        /// One variable takes the value of a key: `env[].valueFrom`.
        case variable(String)
        /// Each key becomes a variable: `envFrom`.
        case allVariables
        /// A volume of the config's own, with where it is mounted.
        case volume(String, paths: [String])
        /// A source of a projected volume.
        case projection(String, paths: [String])
        /// A volume of the Secrets Store CSI driver.
        case csi(String, paths: [String])

        /// The word for it: `env`, `envFrom`, `volume`, `projected` or `csi`.
        package var code: String {
            switch self {
            case .variable: "env"
            case .allVariables: "envFrom"
            case .volume: "volume"
            case .projection: "projected"
            case .csi: "csi"
            }
        }
    }

    /// Which config.
    package var config: ConfigName
    /// How it reaches the container.
    package var place: Place
    /// The container; nil for a volume that no container mounts, which counts for nothing.
    package var container: String?
    /// Whether it is an init container.
    package var isInit: Bool
    /// The keys that are used; empty for all.
    package var keys: [String]
    /// Whether pods start without it.
    package var isOptional: Bool
}

extension ConfigUse {
    /// All uses in a `PodTemplateSpec`: variables by container, then volumes in order.
    package static func all(in template: JSONValue) -> [ConfigUse] {
        let spec = template["spec"]
        let containers = [("containers", false), ("initContainers", true)].flatMap { field, isInit in
            (spec?[field]?.array ?? []).map { Container(json: $0, isInit: isInit) }
        }
        let volumes = spec?["volumes"]?.array ?? []
        return containers.flatMap(\.variables) + volumes.flatMap { uses(of: $0, in: containers) }
    }

    private struct Container {
        let json: JSONValue
        let isInit: Bool

        var name: String { json["name"]?.string ?? "" }

        var variables: [ConfigUse] {
            let single = (json["env"]?.array ?? []).flatMap { variable in
                references(in: variable["valueFrom"], "configMapKeyRef", "secretKeyRef").map { config, reference in
                    use(
                        config, .variable(variable["name"]?.string ?? ""), reference,
                        keys: reference["key"]?.string.map { [$0] } ?? [])
                }
            }
            let all = (json["envFrom"]?.array ?? []).flatMap { source in
                references(in: source, "configMapRef", "secretRef").map { use($0, .allVariables, $1, keys: []) }
            }
            return single + all
        }

        private func references(
            in source: JSONValue?, _ configMap: String, _ secret: String
        ) -> [(ConfigName, JSONValue)] {
            [(configMap, ConfigType.configMap), (secret, .secret)].compactMap { field, type in
                guard let reference = source?[field], let name = reference["name"]?.string, !name.isEmpty else {
                    return nil
                }
                return (ConfigName(type, name), reference)
            }
        }

        private func use(_ config: ConfigName, _ place: Place, _ reference: JSONValue, keys: [String]) -> ConfigUse {
            ConfigUse(
                config: config, place: place, container: name, isInit: isInit, keys: keys,
                isOptional: reference["optional"]?.bool ?? false)
        }

        func paths(of volume: String) -> [String] {
            (json["volumeMounts"]?.array ?? []).filter { $0["name"]?.string == volume }
                .map { $0["mountPath"]?.string ?? "" }
        }
    }

    private static func uses(of volume: JSONValue, in containers: [Container]) -> [ConfigUse] {
        let name = volume["name"]?.string ?? ""
        let mounts = containers.map { ($0, $0.paths(of: name)) }.filter { !$0.1.isEmpty }
        return sources(of: volume).flatMap { type, nameField, source, place -> [ConfigUse] in
            guard let config = source[nameField]?.string, !config.isEmpty else { return [] }
            let keys = (source["items"]?.array ?? []).compactMap { $0["key"]?.string }
            let isOptional = source["optional"]?.bool ?? false
            func use(_ container: Container?, _ paths: [String]) -> ConfigUse {
                ConfigUse(
                    config: ConfigName(type, config), place: place(name, paths), container: container?.name,
                    isInit: container?.isInit ?? false, keys: keys, isOptional: isOptional)
            }
            return mounts.isEmpty ? [use(nil, [])] : mounts.map { use($0, $1) }
        }
    }

    private typealias Source = (ConfigType, nameField: String, JSONValue, place: (String, [String]) -> Place)

    private static func sources(of volume: JSONValue) -> [Source] {
        var sources: [Source] = []
        if let source = volume["configMap"] { sources.append((.configMap, "name", source, { .volume($0, paths: $1) })) }
        if let source = volume["secret"] { sources.append((.secret, "secretName", source, { .volume($0, paths: $1) })) }
        for projection in volume["projected"]?["sources"]?.array ?? [] {
            for (field, type) in [("configMap", ConfigType.configMap), ("secret", .secret)] {
                guard let source = projection[field] else { continue }
                sources.append((type, "name", source, { .projection($0, paths: $1) }))
            }
        }
        if let source = volume["csi"]?["volumeAttributes"] {
            sources.append((.secretProviderClass, "secretProviderClass", source, { .csi($0, paths: $1) }))
        }
        return sources
    }
}
