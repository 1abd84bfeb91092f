/// The shape of the built-in API types: fields in the order of their Go structs, which of them print when empty, how
/// strategic merge patch treats their lists, and their numbers in protobuf.
///
/// The tables (`TypeTables…`) are text, one type a line, because array literals of this size are slow to compile:
///
///     Container: name string!=1, ports []ContainerPort@containerPort=6, resources ResourceRequirements=8, tty bool=18
///
/// A type is a scalar word (``Scalar``), a type name, `[]T` or `{}T` (map from strings); `*` in front prints an empty
/// value that is present. Behind it, `!` prints the field even when absent, `@key` merges the list by that key, `@`
/// alone merges it as a set; `=6` is the field's number, `=2.19` that of an embedded message and the one in it. A field without
/// a number cannot be sent in protobuf. An indented line goes on with the type above.
package struct TypeSchema: Sendable {
    /// Types whose JSON is no struct, list or map.
    package enum Scalar: String, Sendable {
        case string, bool, int32, int64, quantity, intOrString, time, microtime, bytes
        /// Free JSON, kept with sorted keys.
        case any
    }

    package indirect enum FieldType: Sendable {
        case scalar(Scalar)
        case structure(String)
        case list(FieldType)
        case map(FieldType)
    }

    /// How strategic merge patch merges a list.
    package enum ListMerge: Hashable, Sendable {
        case replace
        case set
        case byKey(String)
    }

    package struct Field: Sendable {
        package var name: String
        package var type: FieldType
        /// Prints an empty value when it is present: a pointer in Go.
        package var printsEmpty: Bool
        /// Prints even when absent: no `omitempty`, or a struct by value.
        package var printsAbsent: Bool
        package var listMerge: ListMerge
        /// The number in protobuf, behind that of the message that embeds it, if there is one; empty for none.
        package var numbers: [Int]
    }

    package private(set) var types: [String: [Field]] = [:]

    package init(_ tables: String...) {
        var current = ""
        for line in tables.joined(separator: "\n").split(separator: "\n") {
            var fields = line
            if !line.hasPrefix(" "), let colon = line.firstIndex(of: ":") {
                current = String(line[..<colon])
                fields = line[line.index(after: colon)...]
            }
            types[current, default: []] += fields.split(separator: ",").compactMap(Self.field)
        }
    }

    /// The fields of a type; nil for a name that the tables do not have.
    package func fields(of type: String) -> [Field]? { types[type] }

    /// Names that the tables use but do not define; empty unless a table has a slip.
    package var danglingNames: Set<String> {
        func names(in type: FieldType) -> [String] {
            switch type {
            case .scalar: []
            case .structure(let name): [name]
            case .list(let element), .map(let element): names(in: element)
            }
        }
        return Set(types.values.joined().flatMap { names(in: $0.type) }).subtracting(types.keys)
    }

    private static func field(_ text: Substring) -> Field? {
        let words = text.split(separator: " ")
        guard words.count == 2 else { return nil }
        var word = words[1]
        var numbers: [Int] = []
        if let equals = word.firstIndex(of: "=") {
            numbers = word[word.index(after: equals)...].split(separator: ".").compactMap { Int($0) }
            word = word[..<equals]
        }
        var listMerge = ListMerge.replace
        if let at = word.firstIndex(of: "@") {
            let key = word[word.index(after: at)...]
            listMerge = key.isEmpty ? .set : .byKey(String(key))
            word = word[..<at]
        }
        var printsAbsent = false
        if word.last == "!" {
            printsAbsent = true
            word = word.dropLast()
        }
        let isPointer = word.first == "*"
        if isPointer { word = word.dropFirst() }
        let type = fieldType(word)
        if case .structure = type, !isPointer { printsAbsent = true }
        return Field(
            name: String(words[0]), type: type, printsEmpty: isPointer, printsAbsent: printsAbsent,
            listMerge: listMerge,
            numbers: numbers)
    }

    private static func fieldType(_ word: Substring) -> FieldType {
        if word.hasPrefix("[]") { return .list(fieldType(word.dropFirst(2))) }
        if word.hasPrefix("{}") { return .map(fieldType(word.dropFirst(2))) }
        return Scalar(rawValue: String(word)).map { .scalar($0) } ?? .structure(String(word))
    }
}

extension TypeSchema.FieldType {
    /// The name that Go's error messages have for the type.
    var goName: String {
        switch self {
        case .scalar(.time): "v1.Time"
        case .scalar(.microtime): "v1.MicroTime"
        case .scalar(.quantity): "resource.Quantity"
        case .scalar(.intOrString): "intstr.IntOrString"
        case .scalar(.bytes): "[]uint8"
        case .scalar(let scalar): scalar.rawValue
        case .structure(let name): "v1.\(name)"
        case .list(let element): "[]\(element.goName)"
        case .map(let value): "map[string]\(value.goName)"
        }
    }
}
