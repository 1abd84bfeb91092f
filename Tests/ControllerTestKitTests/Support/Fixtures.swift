import ControllerTestKit
import KubeClient
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The recorded exchanges of a real API server, `shared/fixtures/kube-apiserver-1.36` in a directory above the package.
///
/// They are no part of the package: suites that need them say `.enabled(if: Fixtures.areAvailable, Fixtures.reason)`.
enum Fixtures {
    static let reason: Comment = "the recorded exchanges (shared/fixtures/kube-apiserver-1.36) are not on this machine"

    /// Where they are; nil when they are not on this machine.
    static let root: String? = {
        var components = #filePath.split(separator: "/").dropLast()
        while !components.isEmpty {
            let candidate = "/" + components.joined(separator: "/") + "/shared/fixtures/kube-apiserver-1.36"
            if unsafe access(candidate + "/README.md", R_OK) == 0 { return candidate }
            components = components.dropLast()
        }
        return nil
    }()

    static var areAvailable: Bool { root != nil }

    /// The names of the transcripts in folders, such as `patch/json-patch`; empty when there are none here.
    static func transcripts(in folders: String...) -> [String] {
        guard let root else { return [] }
        var names: [String] = []
        for folder in folders {
            guard let directory = unsafe opendir("\(root)/\(folder)") else { continue }
            defer { unsafe closedir(directory) }
            while let entry = unsafe readdir(directory) {
                let length = Int(unsafe entry.pointee.d_reclen)
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix(length).prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasSuffix(".json") { names.append("\(folder)/\(name.dropLast(5))") }
            }
        }
        return names.sorted()
    }

    /// The steps of a transcript.
    static func steps(_ name: String) throws -> [Step] {
        let text = try read("\(root ?? "")/\(name).json")
        let document = try GoJSONParser.parse(text).value
        return document["steps"]?.elements.map(Step.init) ?? []
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw Missing(path: path) }
        defer { unsafe fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return content }
            content += buffer[..<count]
        }
    }

    struct Missing: Error { var path: String }
}

extension Fixtures {
    /// One request and its answer.
    struct Step: CustomStringConvertible {
        var id: Int
        var method: String
        /// Without the query.
        var path: String
        var query: [String: String]
        var contentType: String?
        /// nil when the request had no text body.
        var body: String?
        var status: Int
        var warnings: [String]
        /// nil for a watch or a binary answer.
        var answer: String?

        var description: String { "step \(id): \(method) \(path)" }

        /// The path's parts: group, version, plural, namespace, name, subresource.
        var target: Target? { Target(path) }

        init(_ json: JSONValue) {
            let request = json["request"] ?? .null
            let response = json["response"] ?? .null
            id = json["id"]?.integer ?? 0
            method = request["method"]?.text ?? ""
            let parts = (request["path"]?.text ?? "").split(separator: "?", maxSplits: 1)
            path = String(parts.first ?? "")
            query = [:]
            for pair in (parts.count > 1 ? String(parts[1]) : "").split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                query[String(sides[0])] = Self.decoded(sides.count > 1 ? sides[1] : "")
            }
            contentType = request["headers", "Content-Type"]?.elements.first?.text
            body = request["body"]?.text
            if let generated = request["bodyGenerated"] {
                let repeated = String(
                    repeating: generated["repeat"]?.text ?? "", count: generated["count"]?.integer ?? 0)
                body = (generated["prefix"]?.text ?? "") + repeated + (generated["suffix"]?.text ?? "")
            }
            status = response["status"]?.integer ?? 0
            warnings = (response["headers", "Warning"]?.elements ?? []).compactMap(\.text)
            answer = response["frames"] == nil ? response["body"]?.text : nil
        }

        private static func decoded(_ text: Substring) -> String {
            var bytes: [UInt8] = []
            var rest = text
            while let character = rest.popFirst() {
                if character == "%", let byte = UInt8(rest.prefix(2), radix: 16) {
                    bytes.append(byte)
                    rest = rest.dropFirst(2)
                } else {
                    bytes += character == "+" ? Array(" ".utf8) : Array(String(character).utf8)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// What an API path names.
    struct Target: Hashable {
        var group = ""
        var version = ""
        var plural = ""
        var namespace: String?
        var name: String?
        var subresource: String?

        init?(_ path: String) {
            var parts = path.split(separator: "/").map(String.init)[...]
            switch parts.popFirst() {
            case "api": break
            case "apis": group = parts.popFirst() ?? ""
            default: return nil
            }
            version = parts.popFirst() ?? ""
            if parts.first == "namespaces", parts.count > 2 {
                parts = parts.dropFirst()
                namespace = parts.popFirst()
            }
            guard let plural = parts.popFirst() else { return nil }
            self.plural = plural
            name = parts.popFirst()
            subresource = parts.popFirst()
        }

        var kind: ResourceKind? { KindRegistry.builtIn.kind(group: group, version: version, plural: plural) }
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    /// The value of JSON text in a test.
    static func parsed(_ text: String) throws -> JSONValue { try GoJSONParser.parse(Array(text.utf8)).value }

    /// The value without what this server does not write or another process wrote.
    func removing(_ path: String...) -> JSONValue { removing(path[...]) }

    private func removing(_ path: ArraySlice<String>) -> JSONValue {
        guard case .object(var object) = self, let name = path.first, let child = object[name] else { return self }
        // Spelled out: nil beside a JSONValue would be the literal null.
        if path.count == 1 { object[name] = .none } else { object[name] = child.removing(path.dropFirst()) }
        return .object(object)
    }
}
