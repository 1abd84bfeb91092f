import Testing

/// The table of what v1.4.21 gets wrong is complete and true.
@Suite struct DefectTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var defect: String
        var answer: String
        var testDescription: String { "\(defect): \(answer)" }

        /// The number behind the Q.
        var number: Int? { Int(defect.dropFirst().prefix { $0.isNumber }) }
    }

    static let rows = TestTable.cells(of: "Documentation.docc/Defects.md").map { Row(defect: $0, answer: $1) }

    @Test func `every defect of the reference is answered`() {
        #expect(Set(Self.rows.compactMap(\.number)) == Set(1...47))
        #expect(Self.rows.allSatisfy { $0.number != nil && $0.answer.count > 20 })
    }

    @Test(arguments: rows) func `the test that a row names exists, and is not disabled`(row: Row) throws {
        guard let test = TestTable.test(row.answer) else { return }
        let sources = TestTable.sources["\(test.suite).swift"] ?? []
        let declaration = sources.lazy.compactMap { source in
            (source.firstRange(of: "\"\(test.name)\"") ?? source.firstRange(of: "`\(test.name)`"))
                .map { source[..<$0.lowerBound].suffix(200) }
        }.first
        let before = try #require(declaration, "\(test.suite) has no test \"\(test.name)\"")
        let attribute = before.split(separator: "@Test", omittingEmptySubsequences: false).last ?? ""
        #expect(!attribute.contains(".disabled"))
    }
}
