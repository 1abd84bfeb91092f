/// Reading for projections, which must be total: what is of another type than expected is passed over.
extension JSONReader {
    /// A string; a value of any other kind is skipped and reads as the empty string.
    public mutating func stringOrEmpty() throws(JSONError) -> String {
        if try peek() == .string { return try string() }
        try skip()
        return ""
    }

    /// An integer; a value of any other kind, and a number that is none, is skipped and reads as nil.
    public mutating func intOrNil() throws(JSONError) -> Int? {
        if try peek() == .number, let value = try? int() { return value }
        try skip()
        return nil
    }

    /// A Boolean; a value of any other kind is skipped and reads as false.
    public mutating func boolOrFalse() throws(JSONError) -> Bool {
        if try peek() == .bool { return try bool() }
        try skip()
        return false
    }

    /// Lends each field of an object; a value of any other kind is skipped.
    public mutating func forEachFieldIfObject(
        _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        if try peek() == .object { try forEachField(body) } else { try skip() }
    }

    /// Lends each element of an array; a value of any other kind is skipped.
    public mutating func forEachElementIfArray(
        _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        if try peek() == .array { try forEachElement(body) } else { try skip() }
    }

    /// An object of strings, such as labels; members of any other kind are left out.
    public mutating func stringDictionary() throws(JSONError) -> [String: String] {
        var strings: [String: String] = [:]
        try forEachFieldIfObject { (name, reader) throws(JSONError) in
            if try reader.peek() == .string { strings[name.string] = try reader.string() }
        }
        return strings
    }

    /// An array of strings, such as finalizers; elements of any other kind are left out.
    public mutating func stringArray() throws(JSONError) -> [String] {
        var strings: [String] = []
        try forEachElementIfArray { (reader) throws(JSONError) in
            if try reader.peek() == .string { strings.append(try reader.string()) }
        }
        return strings
    }
}
