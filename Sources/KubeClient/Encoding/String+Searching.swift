extension StringProtocol {
    /// Whether the bytes of `text` stand somewhere in this text.
    ///
    /// In place of the standard library's `contains(_:)` for texts, which brings the regular expression engine into the
    /// program: 1.2 MB.
    package func holds(_ text: StaticString) -> Bool {
        let (wanted, bytes) = (Array(text.description.utf8), Array(utf8))
        guard wanted.count <= bytes.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0...].starts(with: wanted) }
    }
}
