package import KubeClient

extension TypeSchema {
    /// A value that does not fit its type, in the words of both of Go's decoders.
    package struct DecodingFailure: Error, Equatable, Sendable {
        /// What the decoder of request bodies says.
        package var message: String
        /// What the converter behind strategic merge patch says.
        package var conversionMessage: String
    }

    /// A value in the form the server prints: fields in order, maps sorted, empty fields left out, times in UTC.
    package struct Decoded: Sendable {
        package var value: JSONValue
        /// `unknown field "…"` for each member that the type does not have, in document order.
        package var unknownFields: [String]
    }

    /// Checks a value against a type and brings it into the printed form; unknown members are dropped.
    ///
    /// `duplicates` are paths that occurred twice in the document; they are reported among the unknown fields.
    package func decode(
        _ value: JSONValue, as type: String, duplicates: Set<String> = []
    ) throws(DecodingFailure) -> Decoded {
        var decoding = Decoding(schema: self, duplicates: duplicates)
        let value = try decoding.structure(value, type, path: "")
        return Decoded(value: value ?? .object(JSONObject()), unknownFields: decoding.unknownFields)
    }
}

private struct Decoding {
    typealias Failure = TypeSchema.DecodingFailure

    let schema: TypeSchema
    let duplicates: Set<String>
    var unknownFields: [String] = []
    /// Member names from the root, as Go's decoder reports them: without list indices.
    var names: [String] = []
    var enclosing = ""

    mutating func structure(_ value: JSONValue, _ type: String, path: String) throws(Failure) -> JSONValue? {
        guard case .object(let object) = value else {
            if value.isNull { return nil }
            throw mismatch(value, .structure(type))
        }
        let fields = schema.fields(of: type) ?? []
        let outer = enclosing
        enclosing = type
        defer { enclosing = outer }
        var decoded: [String: JSONValue] = [:]
        for member in object.members {
            let memberPath = path.isEmpty ? member.name : "\(path).\(member.name)"
            guard let field = fields.first(where: { $0.name == member.name }) else {
                unknownFields.append("unknown field \(goQuoted(memberPath))")
                continue
            }
            names.append(field.name)
            decoded[field.name] = try self.value(member.value, field.type, path: memberPath)
            names.removeLast()
            noteDuplicate(memberPath)
        }
        var printed = JSONObject()
        for field in fields { printed[field.name] = printedForm(decoded[field.name], field) }
        return .object(printed)
    }

    private mutating func noteDuplicate(_ path: String) {
        if !duplicates.isEmpty, duplicates.contains(path) { unknownFields.append("duplicate field \(goQuoted(path))") }
    }

    /// What the field prints: nil leaves it out.
    private func printedForm(_ value: JSONValue?, _ field: TypeSchema.Field) -> JSONValue? {
        if let value {
            guard !field.printsEmpty, !field.printsAbsent, isEmpty(value, field.type) else { return value }
            return .none
        }
        guard field.printsAbsent else { return nil }
        switch field.type {
        case _ where field.printsEmpty: return .null
        case .structure(let name): return empty(name)
        case .list, .map, .scalar(.time), .scalar(.microtime), .scalar(.any), .scalar(.bytes): return .null
        case .scalar(.string): return .string("")
        case .scalar(.bool): return .bool(false)
        case .scalar(.int32), .scalar(.int64), .scalar(.intOrString): return .int(0)
        case .scalar(.quantity): return .string("0")
        }
    }

    private func empty(_ type: String) -> JSONValue {
        var printed = JSONObject()
        for field in schema.fields(of: type) ?? [] { printed[field.name] = printedForm(nil, field) }
        return .object(printed)
    }

    private func isEmpty(_ value: JSONValue, _ type: TypeSchema.FieldType) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .number(let digits): digits == "0"
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): if case .structure = type { false } else { object.members.isEmpty }
        }
    }

    private mutating func value(
        _ value: JSONValue, _ type: TypeSchema.FieldType, path: String
    ) throws(Failure) -> JSONValue? {
        if value.isNull { return nil }
        switch type {
        case .structure(let name): return try structure(value, name, path: path)
        case .scalar(let scalar): return try self.scalar(value, scalar)
        case .list(let element):
            guard case .array(let elements) = value else { throw mismatch(value, type) }
            var decoded: [JSONValue] = []
            for (index, item) in elements.enumerated() {
                let itemPath = "\(path)[\(index)]"
                decoded.append(try self.value(item, element, path: itemPath) ?? zero(element))
            }
            return .array(decoded)
        case .map(let element):
            guard case .object(let object) = value else { throw mismatch(value, type) }
            var decoded: [(String, JSONValue)] = []
            for member in object.members {
                let memberPath = "\(path).\(member.name)"
                let item = try self.value(member.value, element, path: memberPath)
                noteDuplicate(memberPath)
                decoded.append((member.name, item ?? zero(element)))
            }
            return .object(JSONObject(decoded.sorted { bytesPrecede($0.0, $1.0) }))
        }
    }

    /// What null amounts to as an element of a list or map.
    private func zero(_ type: TypeSchema.FieldType) -> JSONValue {
        switch type {
        case .structure(let name): empty(name)
        case .scalar(.string), .scalar(.bytes): .string("")
        case .scalar(.quantity): .string("0")
        case .scalar(.int32), .scalar(.int64), .scalar(.intOrString): .int(0)
        case .scalar(.bool): .bool(false)
        case .scalar(.time), .scalar(.microtime), .scalar(.any), .list, .map: .null
        }
    }

    private func scalar(_ value: JSONValue, _ scalar: TypeSchema.Scalar) throws(Failure) -> JSONValue? {
        switch (scalar, value) {
        case (.any, _): return value.sortedByName()
        case (.string, .string), (.bool, .bool), (.intOrString, .string): return value
        case (.int32, .number(let digits)):
            guard Int32(digits) != nil else { throw mismatch(value, .scalar(scalar), shown: "number \(digits)") }
            return value
        case (.int64, .number(let digits)), (.intOrString, .number(let digits)):
            guard Int64(digits) != nil else { throw mismatch(value, .scalar(scalar), shown: "number \(digits)") }
            return value
        case (.quantity, .string(let text)), (.quantity, .number(let text)):
            guard let quantity = Quantity(text) else {
                throw Failure(message: Quantity.failureMessage, conversionMessage: Quantity.failureMessage)
            }
            return .string(quantity.text)
        case (.bytes, .string(let text)):
            if let offset = Base64.firstFault(in: text) {
                let message = "illegal base64 data at input byte \(offset)"
                throw Failure(message: message, conversionMessage: message)
            }
            let isWrapped = text.utf8.contains { $0 == 10 || $0 == 13 }
            return isWrapped ? .string(String(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" })) : value
        case (.time, .string(let text)), (.microtime, .string(let text)):
            let layout: APITime.Layout = scalar == .time ? .seconds : .microseconds
            do { return .string(try APITime(parsing: text, layout: layout).text(layout)) } catch {
                throw Failure(message: error.message, conversionMessage: error.message)
            }
        default: throw mismatch(value, .scalar(scalar))
        }
    }

    private func mismatch(_ value: JSONValue, _ type: TypeSchema.FieldType, shown: String? = nil) -> Failure {
        let place = names.isEmpty ? "value" : "struct field \(enclosing).\(names.joined(separator: "."))"
        let conversion =
            switch type {
            case .list: "cannot restore slice from \(goKind(value))"
            case .map: "cannot restore map from \(goKind(value))"
            case .structure: "cannot restore struct from: \(goKind(value))"
            case .scalar: "unrecognized type: \(type.goName)"
            }
        return Failure(
            message: "json: cannot unmarshal \(shown ?? value.goTypeName) into Go \(place) of type \(type.goName)",
            conversionMessage: conversion)
    }

    private func goKind(_ value: JSONValue) -> String {
        switch value {
        case .null: "nil"
        case .bool: "bool"
        case .number(let digits): Int64(digits) == nil ? "float64" : "int64"
        case .string: "string"
        case .array: "slice"
        case .object: "map"
        }
    }
}
