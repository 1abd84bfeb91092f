import Testing

/// The table in this directory's README is true.
@Suite struct GuardTableTests {
    /// One row whose right side names a test.
    struct Row: Sendable, CustomTestStringConvertible {
        var upstream: String
        var suite: String
        var test: String
        var testDescription: String { upstream }
    }

    private static let table = TestTable.cells(of: "Tests/Anchors/README.md")

    static let rows = table.compactMap { upstream, guardian -> Row? in
        TestTable.test(guardian).map { Row(upstream: upstream, suite: $0.suite, test: $0.name) }
    }

    @Test(arguments: rows) func `each test that is named exists`(row: Row) throws {
        let sources = TestTable.sources["\(row.suite).swift"] ?? []
        #expect(!sources.isEmpty, "there is no \(row.suite).swift")
        let isThere = sources.contains { $0.contains("\"\(row.test)") || $0.contains("`\(row.test)") }
        #expect(isThere, "\(row.suite) has no test \"\(row.test)\"")
    }

    @Test func `no upstream name appears twice, and the table is not empty`() {
        #expect(Set(Self.table.map(\.0)).count == Self.table.count)
        #expect(Self.rows.count >= 70)
    }
}
