import Testing

@testable import Reloader

@Suite struct TextTableTests {
    private let table = {
        var table = TextTable(titles: ["NAME", "WHY"])
        table.rows = [
            [.init("a", .good), .init("one two three four five six seven")], [.init(["bb", "c"]), .init("")],
        ]
        return table
    }()

    @Test("without a terminal there are no colours, no wrapping and no spaces at the end")
    func plain() {
        #expect(
            table.lines(.plain) == [
                "NAME   WHY", "a      one two three four five six seven", "bb", "c",
            ])
    }

    @Test("on a terminal the last column is wrapped at its width, and colours do not disturb the columns")
    func terminal() {
        let lines = table.lines(TextStyle(hasColours: true, width: 31))
        #expect(
            lines == [
                "\u{1B}[2mNAME\u{1B}[0m   \u{1B}[2mWHY\u{1B}[0m", "\u{1B}[32ma\u{1B}[0m      one two three four five",
                "       six seven", "bb", "c",
            ])
    }

    @Test("words longer than the line stay whole")
    func longWord() {
        #expect(TextTable.wrapped("a bbbbbbbb c", 4) == ["a", "bbbbbbbb", "c"])
    }
}
