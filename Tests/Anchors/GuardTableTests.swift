import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The table in this directory's README is true.
@Suite struct GuardTableTests {
    /// One row whose right side names a test.
    struct Row: Sendable, CustomTestStringConvertible {
        var upstream: String
        var suite: String
        var test: String
        var testDescription: String { upstream }
    }

    private static let directory = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")

    private static let table = cells(of: text(of: "\(directory)/README.md") ?? "")

    static let rows = table.compactMap { upstream, guardian -> Row? in
        // `Suite`: name of the test
        let parts = guardian.split(separator: "`: ", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("`") else { return nil }
        return Row(upstream: upstream, suite: String(parts[0].dropFirst()), test: String(parts[1]))
    }

    @Test(arguments: rows) func `each test that is named exists`(row: Row) throws {
        let sources = Self.sources["\(row.suite).swift"] ?? []
        #expect(!sources.isEmpty, "there is no \(row.suite).swift")
        let isThere = sources.contains { $0.contains("\"\(row.test)") || $0.contains("`\(row.test)") }
        #expect(isThere, "\(row.suite) has no test \"\(row.test)\"")
    }

    @Test func `no upstream name appears twice, and the table is not empty`() {
        #expect(Set(Self.table.map(\.0)).count == Self.table.count)
        #expect(Self.rows.count >= 70)
    }

    // MARK: files

    /// The two columns of every table of a Markdown text, without the heads.
    private static func cells(of text: String) -> [(String, String)] {
        text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
            guard cells.count == 2, cells[1] != "guarded by", !cells[1].hasPrefix("---") else { return nil }
            return (cells[0], cells[1])
        }
    }

    /// The sources of all tests by the name of the file.
    private static let sources: [String: [String]] = {
        var sources: [String: [String]] = [:]
        var directories = ["/" + directory.split(separator: "/").dropLast().joined(separator: "/")]
        while let path = directories.popLast() {
            for name in names(in: path) where !name.hasPrefix(".") {
                if name.hasSuffix(".swift") {
                    sources[name, default: []].append(text(of: "\(path)/\(name)") ?? "")
                } else if !name.contains(".") {
                    directories.append("\(path)/\(name)")
                }
            }
        }
        return sources
    }()

    private static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    private static func text(of path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }
}
