import KubeClient

extension JSONValue {
    /// Whether a condition in the status is true.
    func hasCondition(_ type: String) -> Bool {
        (self["status", "conditions"]?.array ?? []).contains {
            $0["type"]?.string == type && $0["status"]?.string == "True"
        }
    }

    /// Sets a condition in the status; the time of its transition moves with its status alone.
    mutating func setCondition(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String, at time: APITime) {
        var conditions = self["status", "conditions"]?.array ?? []
        let status = isTrue ? "True" : "False"
        let index = conditions.firstIndex { $0["type"]?.string == type }
        let old = index.map { conditions[$0] }
        let since = old?["status"]?.string == status ? old?["lastTransitionTime"] : nil
        let condition = JSONValue.dict(
            ("type", .string(type)), ("status", .string(status)),
            ("lastTransitionTime", since ?? .string(time.text(.seconds))), ("reason", .string(reason)),
            ("message", .string(message)))
        if let index { conditions[index] = condition } else { conditions.append(condition) }
        modify("status", creating: true) { $0.set("conditions", .array(conditions)) }
    }
}
