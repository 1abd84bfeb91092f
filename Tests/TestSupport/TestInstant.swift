/// A point on a clock of a test, from its start.
package struct TestInstant: InstantProtocol {
    package var offset = Duration.zero

    package init(offset: Duration = .zero) { self.offset = offset }

    package func advanced(by duration: Duration) -> TestInstant { TestInstant(offset: offset + duration) }
    package func duration(to other: TestInstant) -> Duration { other.offset - offset }
    package static func < (lhs: TestInstant, rhs: TestInstant) -> Bool { lhs.offset < rhs.offset }
}
