import KubeClient

/// Decodes one object from JSON text.
func decode<Object: KubeDecodable>(_ type: Object.Type = Object.self, _ json: String) throws -> Object {
    let bytes = Array(json.utf8)
    return try unsafe JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try Object(from: &reader) }
}

extension Patch {
    /// The body as text, after the name of its kind.
    var text: String {
        switch self {
        case .json(let body): "json " + String(decoding: body, as: UTF8.self)
        case .merge(let body): "merge " + String(decoding: body, as: UTF8.self)
        case .strategicMerge(let body): "strategic " + String(decoding: body, as: UTF8.self)
        case .apply(let body, _): "apply " + String(decoding: body, as: UTF8.self)
        }
    }
}
