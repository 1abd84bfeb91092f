/// Why a YAML document could not be read, with the place.
///
/// Never quotes a scalar of the document, which may be a secret value.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path, or another name of the source.
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in characters.
    package var column: Int
    /// What is wrong.
    package var reason: String

    /// `file:line:column: reason`.
    package var description: String { "\(file):\(line):\(column): \(reason)" }
}
