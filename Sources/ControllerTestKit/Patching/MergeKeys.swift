/// What strategic merge patch knows about a place in an object: the type there, and how its lists merge.
///
/// Comes from the same tables as the printed form, so that a list has one description only. Below a map or free JSON
/// there is nothing to know: objects merge, lists are replaced.
package struct MergeKeys: Sendable {
    private let schema: TypeSchema
    private let type: TypeSchema.FieldType?

    /// The root of a built-in type.
    package init(type: String, schema: TypeSchema = .builtIn) {
        self.schema = schema
        self.type = .structure(type)
    }

    private init(schema: TypeSchema, type: TypeSchema.FieldType?) {
        self.schema = schema
        self.type = type
    }

    /// The description of a member's value; for a list, of its elements.
    package func below(_ name: String) -> MergeKeys {
        switch type {
        case .structure:
            switch field(name)?.type {
            case .list(let element): return MergeKeys(schema: schema, type: element)
            case let other: return MergeKeys(schema: schema, type: other)
            }
        case .map(let value): return MergeKeys(schema: schema, type: value)
        default: return MergeKeys(schema: schema, type: nil)
        }
    }

    /// How the list that is this member's value merges.
    package func listMerge(_ name: String) -> TypeSchema.ListMerge { field(name)?.listMerge ?? .replace }

    private func field(_ name: String) -> TypeSchema.Field? {
        guard case .structure(let type)? = type else { return nil }
        return schema.fields(of: type)?.first { $0.name == name }
    }
}
