import KubeClient

extension StructuralSchema {
    /// What is wrong with a whole object, in the API server's words.
    ///
    /// What hides other faults comes first, as it does there.
    func faults(of object: JSONValue) -> [FieldError] {
        var faults: [FieldError] = []
        check(object, at: "", shown: "", isRoot: true, &faults)
        return ordered(faults)
    }

    /// What is wrong with the status alone, which the server shows without its own name in front.
    func faults(ofStatus object: JSONValue) -> [FieldError] {
        guard let status = object["status"], let schema = properties["status"] else { return [] }
        var faults: [FieldError] = []
        schema.check(status, at: "status", shown: "", &faults)
        return ordered(faults)
    }

    private func ordered(_ faults: [FieldError]) -> [FieldError] {
        func rank(_ fault: FieldError) -> Int {
            switch fault.reason {
            case .required: 0
            case .typeInvalid: 1
            case .notSupported: 3
            default: 2
            }
        }
        return faults.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    /// `path` is that of the cause, `shown` what the sentence has.
    private func check(
        _ value: JSONValue, at path: String, shown: String, isRoot: Bool = false, _ faults: inout [FieldError]
    ) {
        if value.isNull, isNullable || path.isEmpty { return }
        guard hasType(value) else {
            let name = Self.typeName(of: value)
            let expected = isIntOrString ? "integer,string" : type ?? ""
            faults.append(
                FieldError(
                    path, .typeInvalid,
                    "Invalid value: \"\(name)\": \(shown) in body must be of type \(expected): \"\(name)\""))
            return
        }
        checkLimits(value, at: path, shown: shown, &faults)
        switch value {
        case .object(let object):
            for name in required where object[name] == nil {
                faults.append(.required(path.isEmpty ? name : "\(path).\(name)"))
            }
            for member in object.members.sorted(by: { bytesPrecede($0.name, $1.name) }) {
                if isRoot, ["apiVersion", "kind", "metadata"].contains(member.name) { continue }
                self.member(member.name)?.check(
                    member.value, at: path.isEmpty ? member.name : "\(path).\(member.name)",
                    shown: shown.isEmpty ? member.name : "\(shown).\(member.name)", &faults)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                items.schema?.check(element, at: "\(path)[\(index)]", shown: "\(shown)[\(index)]", &faults)
            }
            checkNames(elements, at: path, &faults)
        default: break
        }
        checkCombinations(value, at: path, shown: shown, &faults)
    }

    private func hasType(_ value: JSONValue) -> Bool {
        let name = Self.typeName(of: value)
        if isIntOrString { return name == "integer" || name == "string" }
        guard let type else { return true }
        return name == type || type == "number" && name == "integer"
    }

    private static func typeName(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .number(let digits): Double(digits).map { $0 == $0.rounded() } == true ? "integer" : "number"
        }
    }

    /// Elements of sets, and of lists that are maps, have names of their own.
    private func checkNames(_ elements: [JSONValue], at path: String, _ faults: inout [FieldError]) {
        var seen: Set<PathElement> = []
        for (index, element) in elements.enumerated() {
            let name: PathElement
            let shown: JSONValue
            switch listType {
            case "set": (name, shown) = (.value(element), element)
            case "map":
                name = FieldShape.pathElement(of: element, keys: listMapKeys)
                shown = .object(JSONObject(listMapKeys.compactMap { key in element[key].map { (key, $0) } }))
            default: return
            }
            if !seen.insert(name).inserted { faults.append(.duplicate("\(path)[\(index)]", shown)) }
        }
    }

    private func checkLimits(_ value: JSONValue, at path: String, shown: String, _ faults: inout [FieldError]) {
        func invalid(_ sentence: String) { faults.append(.invalid(path, value, "\(shown) in body \(sentence)")) }
        if let allowed = limits.allowed, !allowed.contains(value) {
            faults.append(.notSupported(path, value, supported: allowed.map { $0.string ?? goJSON($0) }))
        }
        switch value {
        case .number(let digits):
            guard let number = Double(digits) else { return }
            if let limit = limits.minimum, limits.isMinimumExclusive ? number <= limit : number < limit {
                invalid("should be greater than \(limits.isMinimumExclusive ? "" : "or equal to ")\(goNumber(limit))")
            }
            if let limit = limits.maximum, limits.isMaximumExclusive ? number >= limit : number > limit {
                invalid("should be less than \(limits.isMaximumExclusive ? "" : "or equal to ")\(goNumber(limit))")
            }
            if let unit = limits.multipleOf, unit > 0, (number / unit).rounded() * unit != number {
                invalid("should be a multiple of \(goNumber(unit))")
            }
        case .string(let text):
            let count = text.unicodeScalars.count
            if let limit = limits.minLength, count < limit { invalid("should be at least \(limit) chars long") }
            if let limit = limits.maxLength, count > limit { faults.append(.tooLong(path, maximum: limit)) }
            if let pattern = limits.pattern, let expression = try? Regex(pattern),
                text.firstMatch(of: expression) == nil
            {
                invalid("should match '\(pattern)'")
            }
            if let keyword = limits.formatKeyword, let format = limits.format, !format.holds(for: text) {
                let shown = "\(shown) in body must be of type \(keyword): \(goQuoted(text))"
                faults.append(FieldError(path, .typeInvalid, "Invalid value: \(goQuoted(text)): \(shown)"))
            }
        case .array(let elements):
            if let limit = limits.minItems, elements.count < limit { invalid("should have at least \(limit) items") }
            if let limit = limits.maxItems, elements.count > limit {
                faults.append(.tooMany(path, elements.count, maximum: limit))
            }
        case .object(let object):
            let count = object.members.count
            if let limit = limits.minProperties, count < limit {
                invalid("should have at least \(limit) properties")
            }
            if let limit = limits.maxProperties, count > limit { faults.append(.tooMany(path, count, maximum: limit)) }
        default: break
        }
    }

    private func checkCombinations(_ value: JSONValue, at path: String, shown: String, _ faults: inout [FieldError]) {
        for (keyword, schemas) in combinations {
            let fitting = schemas.filter { schema in
                var faults: [FieldError] = []
                schema.check(value, at: path, shown: shown, &faults)
                return faults.isEmpty
            }.count
            let sentence: String? =
                switch keyword {
                case "allOf" where fitting < schemas.count: "must validate all the schemas (allOf)"
                case "anyOf" where fitting == 0: "must validate at least one schema (anyOf)"
                case "oneOf" where fitting == 0: "must validate one and only one schema (oneOf). Found none valid"
                case "oneOf" where fitting > 1:
                    "must validate one and only one schema (oneOf). Found \(fitting) valid alternatives"
                case "not" where fitting > 0: "must not validate the schema (not)"
                default: nil
                }
            if let sentence {
                let name = shown.isEmpty ? "\"\"" : "\"\(shown)\""
                faults.append(.invalid(path, value, "\(name) \(sentence)"))
            }
        }
    }
}

/// A number as Go's `%v` prints a float that is a whole number.
private func goNumber(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
}

extension FieldError {
    /// A collection has too many members.
    fileprivate static func tooMany(_ field: String, _ count: Int, maximum: Int) -> FieldError {
        FieldError(field, .tooMany, "Too many: \(count): must have at most \(maximum) items")
    }

    /// Whether the server does not go on to CEL rules after it.
    var hidesRules: Bool { [.required, .notSupported, .tooLong, .tooMany, .typeInvalid].contains(reason) }

    /// Follows faults that keep the server from looking at CEL rules.
    static let rulesNotChecked = FieldError(
        "<nil>", .invalid,
        "Invalid value: null: some validation rules were not checked because the object was invalid; correct the "
            + "existing errors to complete validation")
}
