import ControllerTestKit
import KubeClient
import ReloaderCore

/// Workloads and configs of one namespace as chance has it: every way of using a config, every annotation, right and wrong.
struct RandomCluster {
    static let configNames = ["app-config", "app.config", "db", "tls", "flags"]
    private static let lists = [
        "app-config", "db , tls", "app-.*", "*", "bad[,db", "", "nothing", "flags,app.config", "a|b",
    ]
    private static let words = ["true", "false", "TRUE", "yes", "1", "", "True"]

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func isLucky(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private mutating func type() -> ConfigType { isLucky(60) ? .configMap : .secret }

    mutating func options() -> ReloaderOptions {
        ReloaderOptions(
            autoReloadAll: isLucky(40), strategy: isLucky(70) ? .envVars : .annotations,
            configTypes: isLucky(80) ? [.configMap, .secret] : [type()], reloadDelay: .zero, reloadMaxDelay: .zero,
            cronJobPolicy: one(of: [.run, .template, .ignore]), jobPolicy: one(of: [.recreate, .ignore]))
    }

    /// Annotations of a config.
    mutating func configAnnotations() -> JSONValue {
        var annotations = JSONObject()
        if isLucky(15) { annotations["reloader.stakater.com/ignore"] = .string(one(of: ["true", "True"])) }
        if isLucky(40) { annotations["reloader.stakater.com/match"] = .string(one(of: ["true", "1"])) }
        return .object(annotations)
    }

    /// Annotations of a workload or a template.
    mutating func annotations(_ percent: Int) -> JSONValue {
        var annotations = JSONObject()
        for key in [
            "reloader.stakater.com/auto", "configmap.reloader.stakater.com/auto", "secret.reloader.stakater.com/auto",
        ]
        where isLucky(percent) { annotations[key] = .string(one(of: Self.words)) }
        for key in ["configmap.reloader.stakater.com/reload", "secret.reloader.stakater.com/reload"]
        where isLucky(percent) { annotations[key] = .string(one(of: Self.lists)) }
        for key in ["configmaps.exclude.reloader.stakater.com/reload", "secrets.exclude.reloader.stakater.com/reload"]
        where isLucky(percent / 2) { annotations[key] = .string(one(of: Self.lists)) }
        if isLucky(percent) { annotations["reloader.stakater.com/search"] = .string(one(of: ["true", "false"])) }
        return .object(annotations)
    }

    /// A workload whose template uses configs in all ways.
    mutating func workload(_ kind: String, _ name: String) -> JSONValue {
        var volumes: [JSONValue] = []
        for index in 0..<Int.random(in: 0...2, using: &random) {
            let config = one(of: Self.configNames)
            var volume: JSONValue = ["name": .string("v\(index)")]
            switch Int.random(in: 0...2, using: &random) {
            case 0: volume["configMap"] = ["name": .string(config)]
            case 1: volume["secret"] = ["secretName": .string(config), "items": [["key": "key", "path": "p"]]]
            default:
                volume["projected"] = [
                    "sources": [
                        ["configMap": ["name": .string(config)]],
                        ["secret": ["name": .string(one(of: Self.configNames))]],
                    ]
                ]
            }
            volumes.append(volume)
        }
        let containers = (0..<Int.random(in: 1...2, using: &random)).map { container("c\($0)", volumes.count) }
        var pod: JSONValue = ["containers": .array(containers), "volumes": .array(volumes)]
        if isLucky(30) { pod["initContainers"] = [container("init", volumes.count)] }
        let isBatch = kind == "Job" || kind == "CronJob"
        if isBatch { pod["restartPolicy"] = "Never" }
        let template: JSONValue = [
            "metadata": ["labels": isBatch ? [:] : ["app": .string(name)], "annotations": annotations(10)], "spec": pod,
        ]
        var spec: JSONValue
        switch kind {
        case "Job": spec = ["template": template]
        case "CronJob":
            spec = [
                "schedule": "0 0 * * *", "suspend": .bool(isLucky(30)), "jobTemplate": ["spec": ["template": template]],
            ]
        default:
            spec = ["selector": ["matchLabels": ["app": .string(name)]], "template": template]
            if kind == "StatefulSet" { spec["serviceName"] = "x" }
        }
        return [
            "apiVersion": isBatch ? "batch/v1" : "apps/v1", "kind": .string(kind),
            "metadata": ["name": .string(name), "namespace": "shop", "annotations": annotations(25)], "spec": spec,
        ]
    }

    private mutating func container(_ name: String, _ volumeCount: Int) -> JSONValue {
        var container: JSONValue = ["name": .string(name), "image": "busybox"]
        if isLucky(40) {
            let field = isLucky(50) ? "configMapKeyRef" : "secretKeyRef"
            container["env"] = [
                [
                    "name": "X",
                    "valueFrom": .object([field: ["name": .string(one(of: Self.configNames)), "key": "key"]]),
                ]
            ]
        }
        if isLucky(40) {
            let field = isLucky(50) ? "configMapRef" : "secretRef"
            container["envFrom"] = [.object([field: ["name": .string(one(of: Self.configNames))]])]
        }
        let mounts = (0..<volumeCount).filter { _ in isLucky(60) }
        if !mounts.isEmpty {
            container["volumeMounts"] = .array(
                mounts.map { ["name": .string("v\($0)"), "mountPath": .string("/m\($0)")] })
        }
        return container
    }
}
