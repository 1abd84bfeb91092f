/// Reads one document; a ``JSONError`` becomes a ``KubeError/Code/decoding`` that begins with `what`.
func readJSON<Result>(
    _ document: RawSpan, what: @autoclosure () -> String,
    _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(KubeError) -> Result {
    do throws(JSONError) {
        return try JSONReader.read(document, body)
    } catch {
        throw KubeError(.decoding, what(), underlying: error)
    }
}
