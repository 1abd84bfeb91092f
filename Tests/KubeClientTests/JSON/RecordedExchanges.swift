import Foundation
import KubeClient
import Testing

/// The recorded exchanges of a real API server, `shared/fixtures/kube-apiserver-1.36` in a directory above the package.
///
/// They are no part of the package; suites that need them are enabled where they are.
enum RecordedExchanges {
    static let absence: Comment = "the recorded exchanges (shared/fixtures/kube-apiserver-1.36) are not on this machine"
    static var areAvailable: Bool { directory != nil }

    private static let directory: URL? = {
        var url = URL(filePath: #filePath)
        while url.pathComponents.count > 1 {
            url.deleteLastPathComponent()
            let candidate = url.appending(path: "shared/fixtures/kube-apiserver-1.36")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// The names of the transcripts, such as `lists/several`.
    static let names: [String] = {
        guard let directory, let files = FileManager.default.enumerator(atPath: directory.path) else { return [] }
        return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
            .sorted()
    }()

    /// The text of one transcript.
    static func text(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: #require(directory).appending(path: name + ".json")))
    }

    /// One request with its answer.
    struct Step: Sendable, CustomStringConvertible {
        var description: String
        var request: JSONValue
        var response: JSONValue

        var contentType: String { response["headers"]?["Content-Type"]?[0]?.string ?? "" }
        var status: Int { response["status"]?.int ?? 0 }
        /// The text of the answer, nil when it is none.
        var body: String? { response["body"]?.string }
        /// The text of the frames of a watch, nil for the ones that are no text.
        var frames: [String] { response["frames"]?.array?.compactMap { $0["text"]?.string } ?? [] }
    }

    /// The steps of one transcript; none for `kubectl-requests`, which has another shape.
    static func steps(_ name: String) throws -> [Step] {
        (try JSONValue(parsing: text(name))["steps"]?.array ?? []).map { step in
            Step(
                description: "\(name) step \(step["id"]?.int ?? 0)", request: step["request"] ?? .null,
                response: step["response"] ?? .null)
        }
    }
}
