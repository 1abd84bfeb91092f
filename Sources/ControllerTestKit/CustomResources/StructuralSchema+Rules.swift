import KubeClient

extension StructuralSchema {
    /// One of `x-kubernetes-validations`; without an expression when it has parts that are not known here.
    struct Rule: Sendable {
        var expression: RuleExpression?
        /// Whether the state before is an optional, so that new objects are looked at, too.
        var hasOptionalOldSelf: Bool
        var reason: FieldError.Reason?
        /// Below the place of the rule.
        var fieldPath: String
        private var message: String
        private var messageExpression: RuleExpression?

        init(_ json: JSONValue) {
            let text = json["rule"]?.string ?? ""
            expression = RuleExpression(text)
            hasOptionalOldSelf = json["optionalOldSelf"] == .bool(true)
            reason = (json["reason"]?.string).flatMap { FieldError.Reason(rawValue: $0) }
            fieldPath = json["fieldPath"]?.string ?? ""
            message = json["message"]?.string ?? "failed rule: \(text)"
            messageExpression = (json["messageExpression"]?.string).flatMap { RuleExpression($0) }
        }

        /// Whether it is about a change, or the beginning of one.
        var isTransition: Bool { hasOptionalOldSelf || expression?.isTransition == true }

        /// What is wrong with a value; nil for nothing.
        func fault(of value: JSONValue, old: JSONValue?, at path: String) -> FieldError? {
            guard let expression, isTransition ? hasOptionalOldSelf || old != nil : true else { return nil }
            let oldSelf: RuleValue? =
                hasOptionalOldSelf ? .optional(old.map { .json($0) }) : old.map { .json($0) }
            let place = path + (path.isEmpty && fieldPath.hasPrefix(".") ? String(fieldPath.dropFirst()) : fieldPath)
            do throws(RuleExpression.EvaluationFailure) {
                guard try !expression.holds(for: value, oldSelf: oldSelf) else { return nil }
                let text = messageExpression?.text(for: value, oldSelf: oldSelf).flatMap { $0.isEmpty ? nil : $0 }
                return .broken(place, value, text ?? message, reason)
            } catch {
                if error.isLimit { return nil }
                return .broken(path, value, "\(error.message) evaluating rule: \(message)", nil)
            }
        }
    }

    /// Which rules of its state an object breaks.
    func brokenRules(_ object: JSONValue) -> [FieldError] { brokenRules(object, at: "", ofChangeFrom: nil) }

    /// Which rules of changes an object breaks; without `old`, as something new.
    func brokenRules(_ object: JSONValue, ofChangeFrom old: JSONValue?) -> [FieldError] {
        brokenRules(object, at: "", ofChangeFrom: .some(old))
    }

    /// Which rules the status alone breaks.
    func brokenRules(ofStatus object: JSONValue) -> [FieldError] {
        guard let status = object["status"], let schema = properties["status"] else { return [] }
        return schema.brokenRules(status, at: "status", ofChangeFrom: nil)
    }

    /// With `old`, which may be absent, the rules of changes; else those of the state.
    private func brokenRules(_ value: JSONValue, at path: String, ofChangeFrom old: JSONValue??) -> [FieldError] {
        guard hasRules else { return [] }
        var faults = rules.filter { $0.isTransition == (old != nil) }
            .compactMap { $0.fault(of: value, old: old ?? nil, at: path) }
        switch value {
        case .object(let object):
            for member in object.members {
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                let before = old.map { $0?[member.name] }
                faults += self.member(member.name)?.brokenRules(member.value, at: place, ofChangeFrom: before) ?? []
            }
        case .array(let elements):
            // Which element was which before is known of lists that are maps only.
            if old != nil, listType != "map" { break }
            for (index, element) in elements.enumerated() {
                let before = old.map { self.element(of: $0, like: element) }
                faults += items.schema?.brokenRules(element, at: "\(path)[\(index)]", ofChangeFrom: before) ?? []
            }
        default: break
        }
        return faults
    }

    /// The element of the same name.
    private func element(of list: JSONValue?, like element: JSONValue) -> JSONValue? {
        let name = FieldShape.pathElement(of: element, keys: listMapKeys)
        return list?.array?.first { FieldShape.pathElement(of: $0, keys: listMapKeys) == name }
    }
}

extension FieldError {
    /// A rule does not hold; objects and lists are not shown.
    fileprivate static func broken(
        _ field: String, _ value: JSONValue, _ message: String, _ reason: Reason?
    ) -> FieldError {
        switch (reason, value) {
        case (.forbidden, _): .forbidden(field, message)
        case (.required, _): .required(field, message)
        case (.duplicate, _): .duplicate(field, value)
        case (_, .object), (_, .array): FieldError(field, .invalid, "Invalid value: \(message)")
        default: .invalid(field, value, message)
        }
    }
}
