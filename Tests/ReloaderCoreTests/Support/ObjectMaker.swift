import ControllerTestKit
import KubeClient

/// Makes random objects of built-in kinds, as trees with all that Reloader reads and much that it does not.
///
/// A seed gives the same objects every time; a failing test prints it.
struct ObjectMaker {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func config(_ kind: String) -> JSONValue {
        var object = JSONObject([("kind", .string(kind)), ("apiVersion", "v1"), ("metadata", metadata())])
        if kind == "Secret" {
            if chance(9) { object["data"] = map { .string(Self.base64($0.bytes())) } }
            object["type"] = .string(text())
        } else {
            if chance(9) { object["data"] = map { .string($0.text(60)) } }
            if chance(3) { object["binaryData"] = map { .string(Self.base64($0.bytes())) } }
        }
        if chance(3) { object["immutable"] = .bool(chance(5)) }
        return .object(object)
    }

    mutating func workload(_ kind: String) -> JSONValue {
        let isBatch = kind == "Job" || kind == "CronJob"
        var object = JSONObject([
            ("kind", .string(kind)), ("apiVersion", isBatch ? "batch/v1" : "apps/v1"), ("metadata", metadata()),
        ])
        var spec = JSONObject()
        if chance(5) {
            spec[isBatch ? "parallelism" : "replicas"] = kind == "DaemonSet" || kind == "CronJob" ? nil : int()
        }
        if kind == "Deployment", chance(3) { spec["paused"] = true }
        if isBatch, chance(5) { spec["suspend"] = .bool(chance(5)) }
        if kind == "CronJob" {
            let job: JSONValue = .object(JSONObject([("template", template()), ("suspend", true)]))
            spec["schedule"] = "* * * * *"
            spec["jobTemplate"] = .object(JSONObject([("metadata", metadata()), ("spec", job)]))
        } else {
            spec["template"] = template()
        }
        object["spec"] = .object(spec)
        if kind == "Job", chance(5) {
            let condition = JSONObject([
                ("type", pick("Complete", "Failed", "Suspended")), ("status", pick("True", "False")),
            ])
            object["status"] = .object(JSONObject([("conditions", .array([.object(condition)]))]))
        }
        return .object(object)
    }

    // MARK: - parts

    private mutating func metadata() -> JSONValue {
        var meta = JSONObject([("name", .string(text())), ("namespace", .string(text()))])
        if chance(8) { meta["uid"] = .string("5f0c2d3e-8a1b-4c5d-9e6f-00000000\(1000 + int(in: 0..<9000))") }
        if chance(8) { meta["resourceVersion"] = .string(String(int(in: 1..<1_000_000))) }
        // Nobody sends a 0: it means none.
        if chance(5) { meta["generation"] = .number(String(int(in: 1..<1000))) }
        if chance(5) { meta["creationTimestamp"] = "2026-11-22T10:09:19Z" }
        if chance(5) { meta["labels"] = map { .string($0.text()) } }
        if chance(7) {
            meta["annotations"] = .object(
                JSONObject([
                    ("a.example.com/note", .string(text(40))),
                    ("reloader.stakater.com/auto", pick("true", "false", "")),
                    ("reloader.stakater.com/search", pick("true", "True", "x")),
                ]))
        }
        if chance(3) {
            let owner = JSONObject([
                ("apiVersion", pick("batch/v1", "batch/v1beta1", "apps/v1")), ("kind", pick("CronJob", "Deployment")),
                ("name", .string(text())), ("uid", "u"), ("controller", .bool(chance(5))),
            ])
            meta["ownerReferences"] = .array([.object(owner)])
        }
        if chance(3) { meta["finalizers"] = .array([.string(text()), .string(text())]) }
        return .object(meta)
    }

    private mutating func template() -> JSONValue {
        let mounted = (0..<int(in: 0..<5)).map { "volume-\($0)" }
        var spec = JSONObject()
        if !mounted.isEmpty { spec["volumes"] = .array(mounted.map { volume($0) }) }
        if chance(4) { spec["initContainers"] = .array(many(1..<3) { $0.container(mounted) }) }
        spec["containers"] = .array(many(1..<4) { $0.container(mounted) })
        if chance(5) { spec["terminationGracePeriodSeconds"] = int() }
        var template = JSONObject([("spec", .object(spec))])
        if chance(7) { template["metadata"] = metadata() }
        return .object(template)
    }

    private mutating func volume(_ name: String) -> JSONValue {
        let named: JSONValue = .object(JSONObject([("name", .string(text()))]))
        let source: (String, JSONValue) =
            switch int(in: 0..<6) {
            case 0: ("configMap", .object(JSONObject([("name", .string(text())), ("defaultMode", int())])))
            case 1: ("secret", .object(JSONObject([("secretName", .string(text())), ("optional", false)])))
            case 2:
                (
                    "projected",
                    .object(
                        JSONObject([
                            (
                                "sources",
                                .array([
                                    .object(JSONObject([("secret", named)])),
                                    .object(JSONObject([("configMap", named)])),
                                    .object(
                                        JSONObject([("serviceAccountToken", .object(JSONObject([("path", "t")])))])),
                                ])
                            )
                        ]))
                )
            case 3:
                (
                    "csi",
                    .object(
                        JSONObject([
                            ("driver", "d"),
                            (
                                "volumeAttributes",
                                .object(JSONObject([("other", "x"), ("secretProviderClass", .string(text()))]))
                            ),
                        ]))
                )
            case 4: ("emptyDir", .object(JSONObject([("sizeLimit", "1Gi")])))
            default: ("hostPath", .object(JSONObject([("path", "/")])))
            }
        return .object(JSONObject([("name", .string(name)), source]))
    }

    private mutating func container(_ mounted: [String]) -> JSONValue {
        var container = JSONObject([("name", .string(text())), ("image", .string(text()))])
        if chance(5) {
            container["envFrom"] = .array(
                many(1..<3) { maker in
                    let source = JSONObject([("name", .string(maker.name())), ("optional", .bool(maker.chance(5)))])
                    return .object(
                        JSONObject([
                            (maker.chance(5) ? "configMapRef" : "secretRef", .object(source)), ("prefix", "P_"),
                        ]))
                })
        }
        if chance(7) { container["env"] = .array(many(1..<6) { $0.variable() }) }
        if chance(4) {
            container["resources"] = .object(JSONObject([("limits", .object(JSONObject([("cpu", "100m")])))]))
        }
        if !mounted.isEmpty {
            container["volumeMounts"] = .array(
                mounted.map { .object(JSONObject([("name", .string($0)), ("mountPath", "/x")])) })
        }
        if chance(3) {
            let get = JSONObject([("path", "/"), ("port", chance(5) ? int() : "http")])
            container["livenessProbe"] = .object(JSONObject([("httpGet", .object(get)), ("periodSeconds", int())]))
        }
        return .object(container)
    }

    private mutating func variable() -> JSONValue {
        var variable = JSONObject([("name", pick("STAKATER_A_CONFIGMAP", "STAKATER_B_SECRET", "MODE", "X"))])
        switch int(in: 0..<4) {
        case 0:
            let selector = JSONObject([("name", .string(name())), ("key", .string(text())), ("optional", true)])
            let kind = chance(5) ? "configMapKeyRef" : "secretKeyRef"
            variable["valueFrom"] = .object(JSONObject([(kind, .object(selector))]))
        case 1:
            let field = JSONObject([("fieldPath", "metadata.name")])
            variable["valueFrom"] = .object(JSONObject([("fieldRef", .object(field))]))
        default: variable["value"] = .string(text(30))
        }
        return .object(variable)
    }

    // MARK: - chance

    /// True so many times out of ten.
    private mutating func chance(_ tenths: Int) -> Bool { int(in: 0..<10) < tenths }
    private mutating func int(in range: Range<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }
    private mutating func int() -> JSONValue { .number(String(int(in: 0..<1000))) }
    private mutating func name() -> String { "config-\(int(in: 0..<4))" }
    private mutating func pick(_ values: String...) -> JSONValue { .string(values[int(in: 0..<values.count)]) }

    private mutating func text(_ most: Int = 12) -> String {
        let alphabet = Array("abcXYZ019-._ =;\"\\\n\té😀\u{1}<>&\u{2028}")
        return String((0..<int(in: 1..<most + 1)).map { _ in alphabet[int(in: 0..<alphabet.count)] })
    }

    private mutating func bytes() -> [UInt8] {
        (0..<int(in: 0..<200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private mutating func many(_ count: Range<Int>, _ make: (inout ObjectMaker) -> JSONValue) -> [JSONValue] {
        (0..<int(in: count)).map { _ in make(&self) }
    }

    private mutating func map(_ value: (inout ObjectMaker) -> JSONValue) -> JSONValue {
        var object = JSONObject()
        for _ in 0..<int(in: 0..<6) { object[text()] = value(&self) }
        return .object(object)
    }

    private static func base64(_ bytes: [UInt8]) -> String { Base64.encode(bytes) }
}
