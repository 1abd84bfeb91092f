import ControllerTestKit
import KubeClient

/// Runs the writes of a transcript through a kind's rules, feeding each step the object that the recording had before.
struct Replay {
    /// What the rules answered, beside what the real server did.
    struct Outcome {
        var answer: JSONValue
        var expected: JSONValue
        var warnings: [String]
    }

    private var objects: [Fixtures.Target: JSONValue] = [:]

    /// The outcome of a write; nil for a read, or for a request whose object or kind is not known here.
    mutating func replay(_ step: Fixtures.Step) throws -> Outcome? {
        guard let target = step.target, let kind = target.kind, let answer = step.answer,
            let expected = try? JSONValue.parsed(answer)
        else { return nil }
        defer { remember(target, kind, expected, step) }
        guard target.subresource == nil || target.subresource == "status" else { return nil }
        switch step.method {
        case "POST" where target.name == nil: return try create(step, target, kind, expected)
        case "PUT", "PATCH": return try update(step, target, kind, expected)
        default: return nil
        }
    }

    private mutating func remember(
        _ target: Fixtures.Target, _ kind: ResourceKind, _ object: JSONValue, _ step: Fixtures.Step
    ) {
        guard step.status < 300, object["kind"]?.text == kind.resource.kind, step.query["dryRun"] == nil else { return }
        var target = target
        target.name = object["metadata", "name"]?.text
        target.namespace = object["metadata", "namespace"]?.text
        target.subresource = nil
        objects[target] = object
    }

    private func create(
        _ step: Fixtures.Step, _ target: Fixtures.Target, _ kind: ResourceKind, _ expected: JSONValue
    ) throws -> Outcome? {
        guard let body = step.body, step.contentType?.hasPrefix("application/json") ?? true else { return nil }
        return outcome(step, expected, kind) { () throws(APIFailure) in
            let validation = try FieldValidation(parameter: step.query["fieldValidation"], options: "CreateOptions")
            let decoded = try kind.decode(Array(body.utf8), validation: validation)
            var object = decoded.object
            let recorded = step.status == 201 ? expected["metadata"] : nil
            let name = object["metadata", "name"]?.text ?? recorded?["name"]?.text ?? Self.subject(expected)
            object = kind.settingMetadata("name", name.map(JSONValue.string), in: object)
            if kind.resource.isNamespaced {
                object = kind.settingMetadata("namespace", target.namespace.map(JSONValue.string), in: object)
            }
            object = kind.settingMetadata("uid", recorded?["uid"] ?? Self.uid(expected), in: object)
            object = kind.settingMetadata("creationTimestamp", recorded?["creationTimestamp"], in: object)
            let admission = try kind.admit(creating: object)
            object = kind.settingMetadata("resourceVersion", recorded?["resourceVersion"], in: admission.object)
            return Admission(object: object, warnings: decoded.warnings + admission.warnings)
        }
    }

    /// Without the token volume that the real server mounts into every Pod.
    private static func withoutAccountVolume(_ pod: JSONValue) -> JSONValue {
        guard case .object(var object) = pod, case .object(var spec)? = object["spec"] else { return pod }
        let prefix = "kube-api-access-"
        func others(_ list: JSONValue?) -> JSONValue? {
            let kept = (list?.elements ?? []).filter { !($0["name"]?.text ?? "").hasPrefix(prefix) }
            return kept.isEmpty ? nil : .array(kept)
        }
        spec["volumes"] = others(spec["volumes"])
        spec["containers"] = .array(
            (spec["containers"]?.elements ?? []).map { container in
                guard case .object(var members) = container else { return container }
                members["volumeMounts"] = others(members["volumeMounts"])
                return .object(members)
            })
        object["spec"] = .object(spec)
        return .object(object)
    }

    /// The name in a refusal: what `generateName` had become.
    private static func subject(_ failure: JSONValue) -> String? {
        failure["details", "name"]?.text
    }

    /// The uid that a refusal of a Job quotes.
    private static func uid(_ failure: JSONValue) -> JSONValue? {
        guard let message = failure["message"]?.text, let start = message.firstRange(of: "must be '") else {
            return nil
        }
        return .string(String(message[start.upperBound...].prefix { $0 != "'" }))
    }

    private func update(
        _ step: Fixtures.Step, _ target: Fixtures.Target, _ kind: ResourceKind, _ expected: JSONValue
    ) throws -> Outcome? {
        var key = target
        key.subresource = nil
        // Apply is no patch of the object alone: RecordedExchangesTests.
        guard let old = objects[key], let body = step.body, let recorded = old["metadata", "resourceVersion"]?.text,
            PatchType(contentType: step.contentType) != .apply
        else {
            return nil
        }
        return outcome(step, expected, kind) { () throws(APIFailure) in
            let options = step.method == "PUT" ? "UpdateOptions" : "PatchOptions"
            let validation = try FieldValidation(parameter: step.query["fieldValidation"], options: options)
            let decoded: Admission
            if step.method == "PUT" {
                decoded = try kind.decode(Array(body.utf8), validation: validation)
            } else {
                guard let type = PatchType(contentType: step.contentType) else { throw .unsupportedPatchType() }
                decoded = try kind.patched(old, by: type, body: Array(body.utf8), validation: validation)
            }
            let name = decoded.object["metadata", "name"]?.text
            guard name == target.name else {
                throw .badRequest(
                    "the name of the object (\(name ?? "")) does not match the name on the URL (\(target.name ?? ""))")
            }
            let version = decoded.object["metadata", "resourceVersion"]?.text ?? recorded
            guard version == recorded else { throw .conflict(kind.resource, name: target.name ?? "") }
            let admission = try kind.admit(updating: decoded.object, from: old, subresource: target.subresource)
            let object = kind.settingMetadata(
                "resourceVersion", expected["metadata", "resourceVersion"], in: admission.object)
            return Admission(object: object, warnings: decoded.warnings + admission.warnings)
        }
    }

    private func outcome(
        _ step: Fixtures.Step, _ expected: JSONValue, _ kind: ResourceKind,
        _ body: () throws(APIFailure) -> Admission
    ) -> Outcome {
        do {
            let admission = try body()
            return Outcome(
                answer: comparable(admission.object, kind), expected: comparable(expected, kind),
                warnings: admission.warnings)
        } catch {
            return Outcome(answer: error.statusJSON, expected: expected, warnings: [])
        }
    }

    /// Without managed fields, which this server does not write, and without what controllers add between two steps.
    private func comparable(_ object: JSONValue, _ kind: ResourceKind) -> JSONValue {
        guard object["kind"]?.text == kind.resource.kind else { return object }
        var object = object.removing("metadata", "managedFields")
            .removing("metadata", "annotations", "deployment.kubernetes.io/revision")
        if kind.hasSubresource("scale") || kind.resource.kind == "Job" { object = object.removing("status") }
        if kind.resource.kind == "Pod" { object = Self.withoutAccountVolume(object) }
        if object["metadata", "annotations"] == .object(JSONObject()) {
            object = object.removing("metadata", "annotations")
        }
        return object
    }
}
