#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tables in Markdown that name tests, and the tests that there are.
enum TestTable {
    private static let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// The file and the test of a cell such as `` `SomeTests`: what it says ``; nil for prose.
    static func test(_ cell: String) -> (suite: String, name: String)? {
        let parts = cell.split(separator: "`: ", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("`") else { return nil }
        return (String(parts[0].dropFirst()), String(parts[1]))
    }

    /// The two columns of every table of a Markdown file of the repository, without the heads.
    static func cells(of path: String) -> [(String, String)] {
        (text(of: "\(repository)/\(path)") ?? "").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
            guard cells.count == 2, !["guarded by", "here"].contains(cells[1]), !cells[1].hasPrefix("---") else {
                return nil
            }
            return (cells[0], cells[1])
        }
    }

    /// The sources of all tests by the name of the file.
    static let sources: [String: [String]] = {
        var sources: [String: [String]] = [:]
        var directories = ["\(repository)/Tests"]
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
