/// Finds what somebody probably meant.
enum Suggestion {
    /// The flag nearest to `name`, with its dashes; nil when none is near enough to be more than a guess.
    static func nearest(to name: String) -> String? {
        nearest(to: name, among: Flag.table.map(\.name) + ["help", "version"]).map { "--\($0)" }
    }

    /// The one of `names` that is nearest to `name`; nil when none is near enough to be more than a guess.
    static func nearest(to name: String, among names: [String]) -> String? {
        let wanted = comparable(name)
        guard !wanted.isEmpty else { return nil }
        let candidates = names.map { (name: $0, distance: distance(wanted, comparable($0))) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, min(wanted.count, best.name.utf8.count) / 4)
        else { return nil }
        return best.name
    }

    /// Case, dashes, underscores and dots are what is most often wrong; they do not count.
    private static func comparable(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { !"-_.".utf8.contains($0) }
    }

    /// How many insertions, removals, replacements and swaps of neighbours lead from one to the other.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for (row, byte) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var best = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == second[column - 1], first[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
