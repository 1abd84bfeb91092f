/// What the web application shows, read from its address.
struct WebPage: Sendable {
    /// Names and values in the order of the page.
    var values: [(name: String, value: String)]

    subscript(name: String) -> String? { values.first { $0.name == name }?.value }

    /// Reads the plain form of the page: `NAME: value` lines.
    init(parsing text: String) {
        values = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1].drop { $0 == " " })) : nil
        }
    }

    /// Asks for the page; nil when nobody answers with one.
    static func read(port: Int) async -> WebPage? {
        guard let answer = try? await HTTPGet.get(port: port, path: "/text"), answer.status == 200 else { return nil }
        return WebPage(parsing: answer.body)
    }
}
