import KubeClient

@testable import ControllerTestKit

/// One recorded transcript with everything that a replay over HTTP needs: headers, watches, frames.
struct Transcript {
    struct Step {
        var id: Int
        var duringWatch: [Int]
        var method: String
        var target: String
        /// Who asked: `admin`, `none`, `serviceaccount:NAMESPACE:NAME`.
        var identity: String
        var headers: [(name: String, value: String)]
        var body: String?
        var status: Int
        var responseHeaders: [String: [String]]
        var answer: String?
        var isBinary: Bool
        var frames: [Frame]?

        var path: String { String(target.prefix { $0 != "?" }) }
        func header(_ name: String) -> String { headers.first { $0.name == name }?.value ?? "" }
    }

    struct Frame {
        /// Nil for a frame that is not JSON.
        var text: String?
        var cause: String
    }

    var name: String
    var steps: [Step]

    init(_ name: String) throws {
        self.name = name
        let document = try GoJSONParser.parse(try Fixtures.read("\(Fixtures.root ?? "")/\(name).json")).value
        steps = (document["steps"]?.asArray ?? []).map(Step.init)
    }
}

extension Transcript.Step {
    init(_ json: JSONValue) {
        let request = json["request"] ?? .null
        let response = json["response"] ?? .null
        id = json["id"]?.asInteger ?? 0
        duringWatch = json["duringWatch"]?.asArray?.compactMap(\.asInteger) ?? []
        method = request["method"]?.asText ?? ""
        target = request["path"]?.asText ?? ""
        identity = request["as"]?.asText ?? ""
        headers = (request["headers"]?.asObject?.members ?? []).flatMap { member in
            (member.value.asArray ?? []).map { (member.name, $0.asText ?? "") }
        }
        body = request["body"]?.asText
        if let generated = request["bodyGenerated"] {
            let repeated = String(
                repeating: generated["repeat"]?.asText ?? "", count: generated["count"]?.asInteger ?? 0)
            body = (generated["prefix"]?.asText ?? "") + repeated + (generated["suffix"]?.asText ?? "")
        }
        status = response["status"]?.asInteger ?? 0
        responseHeaders = Dictionary(
            (response["headers"]?.asObject?.members ?? []).map { member in
                (member.name, (member.value.asArray ?? []).compactMap(\.asText))
            }
        ) { $1 }
        answer = response["body"]?.asText
        isBinary = request["bodyBase64"] != nil || response["bodyBase64"] != nil
        frames = response["frames"]?.asArray?.map {
            Transcript.Frame(text: $0["text"]?.asText, cause: $0["causedBy"]?.asText ?? Self.number($0["causedBy"]))
        }
        if frames?.contains(where: { $0.text == nil }) ?? false { isBinary = true }
    }

    private static func number(_ value: JSONValue?) -> String { value?.asInteger.map { String($0) } ?? "" }

    /// Whether the step speaks another encoding than JSON.
    var isOtherEncoding: Bool {
        let types = [header("Content-Type"), responseHeaders["Content-Type"]?.first ?? ""]
        return isBinary || types.contains { $0.contains("protobuf") || $0.contains("yaml") || $0.contains("cbor") }
    }
}
