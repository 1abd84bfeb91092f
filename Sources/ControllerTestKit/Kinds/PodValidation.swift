import KubeClient

/// What is wrong with a pod spec; the checks that a client of workloads runs into.
enum PodValidation {
    static func faults(_ spec: JSONValue?, _ path: String, restartPolicies: [String]) -> [FieldError] {
        var faults = volumeFaults(spec?["volumes"], "\(path).volumes")
        let containers = spec?["containers"]?.array ?? []
        if containers.isEmpty { faults.append(.required("\(path).containers")) }
        var names: Set<String> = []
        for (index, container) in containers.enumerated() {
            faults += containerFaults(container, "\(path).containers[\(index)]", &names)
        }
        for (index, container) in (spec?["initContainers"]?.array ?? []).enumerated() {
            faults += containerFaults(container, "\(path).initContainers[\(index)]", &names)
        }
        let policy = spec?["restartPolicy"]?.string ?? ""
        if !["Always", "OnFailure", "Never"].contains(policy) {
            faults.append(
                .notSupported("\(path).restartPolicy", .string(policy), supported: ["Always", "OnFailure", "Never"]))
        }
        if !restartPolicies.contains(policy) {
            faults.append(
                policy.isEmpty
                    ? .required("\(path).restartPolicy")
                    : .notSupported("\(path).restartPolicy", .string(policy), supported: restartPolicies))
        }
        return faults
    }

    private static func containerFaults(_ container: JSONValue, _ path: String, _ names: inout Set<String>)
        -> [FieldError]
    {
        var faults: [FieldError] = []
        let name = container["name"]?.string ?? ""
        if name.isEmpty {
            faults.append(.required("\(path).name"))
        } else {
            faults += Names.labelFault(name).map { .invalid("\(path).name", .string(name), $0) }
            if !names.insert(name).inserted { faults.append(.duplicate("\(path).name", .string(name))) }
        }
        let image = container["image"]?.string ?? ""
        if image.isEmpty { faults.append(.required("\(path).image")) }
        for (index, variable) in (container["env"]?.array ?? []).enumerated() {
            let path = "\(path).env[\(index)]"
            if (variable["name"]?.string ?? "").isEmpty { faults.append(.required("\(path).name")) }
            if variable["valueFrom"] != nil, !(variable["value"]?.string ?? "").isEmpty {
                faults.append(
                    .invalid("\(path).valueFrom", .string(""), "may not be specified when `value` is not empty"))
            }
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let path = "\(path).volumeMounts[\(index)]"
            if (mount["name"]?.string ?? "").isEmpty { faults.append(.required("\(path).name")) }
            if (mount["mountPath"]?.string ?? "").isEmpty { faults.append(.required("\(path).mountPath")) }
        }
        return faults
    }

    private static func volumeFaults(_ volumes: JSONValue?, _ path: String) -> [FieldError] {
        var faults: [FieldError] = []
        var names: Set<String> = []
        for (index, volume) in (volumes?.array ?? []).enumerated() {
            let path = "\(path)[\(index)].name"
            let name = volume["name"]?.string ?? ""
            if name.isEmpty {
                faults.append(.required(path))
            } else {
                faults += Names.labelFault(name).map { .invalid(path, .string(name), $0) }
                if !names.insert(name).inserted { faults.append(.duplicate(path, .string(name))) }
            }
        }
        return faults
    }

    /// Warnings for variables that a later one of the same name hides.
    static func warnings(_ spec: JSONValue?, _ path: String) -> [String] {
        var warnings: [String] = []
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec?[list]?.array ?? []).enumerated() {
                var seen: Set<String> = []
                for (position, variable) in (container["env"]?.array ?? []).enumerated() {
                    let name = variable["name"]?.string ?? ""
                    guard !seen.insert(name).inserted else { continue }
                    warnings.append(
                        "\(path).\(list)[\(index)].env[\(position)]: hides previous definition of \(goQuoted(name)), "
                            + "which may be dropped when using apply")
                }
            }
        }
        return warnings
    }
}
