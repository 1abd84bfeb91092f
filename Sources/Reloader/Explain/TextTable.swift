/// Columns of text for people; the last column is wrapped where the terminal ends.
struct TextTable {
    /// The lines of one column in one row.
    struct Cell {
        var lines: [String]
        var style: TextStyle.Colour?

        init(_ lines: [String], _ style: TextStyle.Colour? = nil) {
            self.lines = lines
            self.style = style
        }

        init(_ line: String, _ style: TextStyle.Colour? = nil) { self.init([line], style) }
    }

    private static let gap = "   "
    // Below this a column of sentences cannot be read any more.
    private static let narrowest = 24

    var titles: [String]
    var rows: [[Cell]] = []

    /// The table, a line each; no line ends with a space.
    func lines(_ style: TextStyle) -> [String] {
        let widths = titles.indices.map { column in
            ([titles[column]] + rows.flatMap { $0[column].lines }).map(\.count).max() ?? 0
        }
        let before = widths.dropLast().reduce(0, +) + Self.gap.count * (widths.count - 1)
        let rest = style.width.map { max(Self.narrowest, $0 - before) }
        let header = titles.map { Cell($0, .faint) }
        return ([header] + rows).flatMap { row -> [String] in
            var cells = row
            if let rest, let last = cells.last {
                cells[cells.count - 1].lines = last.lines.flatMap { Self.wrapped($0, rest) }
            }
            let height = cells.map(\.lines.count).max() ?? 0
            return (0..<height).map { line in
                let last = cells.lastIndex { line < $0.lines.count && !$0.lines[line].isEmpty } ?? -1
                return cells.indices.prefix(last + 1).map { column in
                    let cell = cells[column]
                    let text = line < cell.lines.count ? cell.lines[line] : ""
                    let padding = column == last ? "" : String(repeating: " ", count: widths[column] - text.count)
                    return style.paint(text, cell.style) + padding
                }.joined(separator: Self.gap)
            }
        }
    }

    /// The text in lines of at most `width` characters, broken at spaces; longer words stay whole.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? "\(word)" : " \(word)"
        }
        return lines + [line]
    }
}
