import KubeClient
import ReloaderCore

/// Explanations as JSON for programs; the shape is described in the README, and only grows.
enum ExplanationJSON {
    /// The explanation of a workload.
    static func document(_ explanation: WorkloadExplanation) -> JSONValue {
        [
            "kind": "WorkloadExplanation", "version": 1, "workload": workload(explanation.workload),
            "strategy": .string(explanation.strategy.rawValue),
            "configs": .array(
                explanation.configs.map { row in
                    var object = config(row.config)
                    object["uses"] = .array(row.uses.map(use))
                    object["onChange"] = verdict(row.verdict)
                    object["markers"] = .array(row.markers.map(marker))
                    return object
                }),
            "strayMarkers": .array(explanation.strayMarkers.map(marker)),
            "annotations": .array(
                explanation.annotations.map { annotation in
                    [
                        "key": .string(annotation.key), "value": .string(annotation.value),
                        "on": .string(annotation.place.rawValue), "problem": optional(annotation.problem),
                    ]
                }),
            "lastReload": lastReload(explanation), "notes": .array(explanation.remarks.map(remark)),
        ]
    }

    /// The explanation of a config.
    static func document(_ explanation: ConfigExplanation) -> JSONValue {
        [
            "kind": "ConfigExplanation", "version": 1, "config": config(explanation.config),
            "strategy": .string(explanation.strategy.rawValue),
            "workloads": .array(
                explanation.workloads.map { row in
                    var object = workload(row.workload)
                    object["uses"] = .array(row.uses.map(use))
                    object["onChange"] = verdict(row.verdict)
                    object["markers"] = .array(row.markers.map(marker))
                    return object
                }),
            "otherWorkloads": JSONValue(explanation.unrelated), "notes": .array(explanation.remarks.map(remark)),
        ]
    }

    private static func workload(_ key: WorkloadKey) -> JSONValue {
        [
            "kind": .string(key.kind.name), "namespace": .string(key.object.namespace ?? ""),
            "name": .string(key.object.name),
        ]
    }

    private static func config(_ standing: ConfigStanding) -> JSONValue {
        let state =
            switch standing.state {
            case .present: "present"
            case .absent: "absent"
            case .unknown: "unknown"
            }
        return [
            "kind": .string(standing.key.type.kindName), "namespace": .string(standing.key.namespace),
            "name": .string(standing.key.name), "state": .string(state),
        ]
    }

    private static func use(_ use: ConfigUse) -> JSONValue {
        var object: JSONValue = [
            "how": .string(use.place.code), "container": optional(use.container), "init": .bool(use.isInit),
            "keys": .array(use.keys.map { .string($0) }), "optional": .bool(use.isOptional),
        ]
        switch use.place {
        case .variable(let name): object["variable"] = .string(name)
        case .allVariables: break
        case .volume(let name, let paths), .projection(let name, let paths), .csi(let name, let paths):
            object["volume"] = .string(name)
            object["paths"] = .array(paths.map { .string($0) })
        }
        return object
    }

    private static func verdict(_ verdict: Verdict) -> JSONValue {
        [
            "reload": .bool(verdict.isReload), "reason": .string(verdict.code), "message": .string(verdict.sentence),
            "action": optional(verdict.effect?.action.rawValue),
            "containers": .array((verdict.effect?.containers ?? []).map { .string($0) }),
            "marker": optional(verdict.effect?.marker), "writesTo": verdict.effect?.owner.map(workload) ?? .null,
        ]
    }

    private static func marker(_ marker: MarkerReading) -> JSONValue {
        [
            "name": .string(marker.name), "container": .string(marker.container),
            "content": .string(marker.agreement.rawValue),
        ]
    }

    private static func lastReload(_ explanation: WorkloadExplanation) -> JSONValue {
        let recorded: JSONValue =
            explanation.lastReload.map { last in
                [
                    "kind": .string(last.config.type.kindName), "name": .string(last.config.name),
                    "container": .string(last.container), "time": .string(explanationTime(last.observedAt)),
                    "content": optional(explanation.lastReloadAgreement?.rawValue),
                ]
            } ?? .null
        return [
            "recorded": recorded, "lastWrite": optional(explanation.lastWrite),
            "events": .array(
                explanation.events.map { event in
                    [
                        "time": .string(event.time), "type": .string(event.severity), "reason": .string(event.reason),
                        "message": .string(event.message), "count": JSONValue(event.count),
                    ]
                }),
        ]
    }

    private static func remark(_ remark: Remark) -> JSONValue {
        ["code": .string(remark.code), "message": .string(remark.sentence), "warning": .bool(remark.isWarning)]
    }

    private static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

/// A moment of Unix time as explanations write it.
func explanationTime(_ seconds: Int) -> String { Timestamp(seconds: Int64(seconds)).rfc3339 }
