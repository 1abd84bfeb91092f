import KubeClient

extension StructuralSchema {
    /// One of `x-kubernetes-validations`; without an expression when it has parts that are not known here.
    struct Rule: Sendable {
        var expression: RuleExpression?
        var message: String

        init(_ json: JSONValue) {
            let text = json["rule"]?.string ?? ""
            expression = RuleExpression(text)
            message = json["message"]?.string ?? "failed rule: \(text)"
        }
    }

    /// Which rules an object breaks: those of its state, or with `old` those of the change.
    func brokenRules(_ object: JSONValue, old: JSONValue? = nil) -> [FieldError] {
        var faults: [FieldError] = []
        checkRules(object, old, at: "", &faults)
        return faults
    }

    /// Which rules the status alone breaks.
    func brokenRules(ofStatus object: JSONValue) -> [FieldError] {
        guard let status = object["status"], let schema = properties["status"] else { return [] }
        var faults: [FieldError] = []
        schema.checkRules(status, nil, at: "status", &faults)
        return faults
    }

    private func checkRules(_ value: JSONValue, _ old: JSONValue?, at path: String, _ faults: inout [FieldError]) {
        guard hasRules else { return }
        for rule in rules {
            guard let expression = rule.expression, expression.isTransition == (old != nil) else { continue }
            do throws(RuleExpression.EvaluationFailure) {
                guard try !expression.holds(for: value, old: old) else { continue }
                faults.append(.broken(path, value, rule.message))
            } catch {
                faults.append(.broken(path, value, "\(error.message) evaluating rule: \(rule.message)"))
            }
        }
        switch value {
        case .object(let object):
            for member in object.members {
                // A change is of what was there before.
                let before = old?[member.name]
                if old != nil, before == nil { continue }
                self.member(member.name)?.checkRules(
                    member.value, before, at: path.isEmpty ? member.name : "\(path).\(member.name)", &faults)
            }
        case .array(let elements) where old == nil:
            for (index, element) in elements.enumerated() {
                items.schema?.checkRules(element, nil, at: "\(path)[\(index)]", &faults)
            }
        default: break
        }
    }
}

extension FieldError {
    /// A rule does not hold; objects and lists are not shown.
    fileprivate static func broken(_ field: String, _ value: JSONValue, _ message: String) -> FieldError {
        switch value {
        case .object, .array: FieldError(field, .invalid, "Invalid value: \(message)")
        default: .invalid(field, value, message)
        }
    }
}
