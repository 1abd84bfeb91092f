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
        steps = (document["steps"]?.array ?? []).map(Step.init)
    }
}

extension Transcript {
    /// Transcripts that were recorded one after the other, as one; steps count on by hundreds.
    init(chain names: [String]) throws {
        name = names.joined(separator: "+")
        steps = []
        for (index, name) in names.enumerated() {
            steps += try Transcript(name).steps.map { step in
                var step = step
                step.id += 100 * index
                step.duringWatch = step.duringWatch.map { $0 + 100 * index }
                return step
            }
        }
    }
}

extension Transcript.Step {
    init(_ json: JSONValue) {
        let request = json["request"] ?? .null
        let response = json["response"] ?? .null
        id = json["id"]?.int ?? 0
        duringWatch = json["duringWatch"]?.array?.compactMap(\.int) ?? []
        method = request["method"]?.string ?? ""
        target = request["path"]?.string ?? ""
        identity = request["as"]?.string ?? ""
        headers = (request["headers"]?.object?.members ?? []).flatMap { member in
            (member.value.array ?? []).map { (member.name, $0.string ?? "") }
        }
        body = request["body"]?.string
        if let generated = request["bodyGenerated"] {
            let repeated = String(
                repeating: generated["repeat"]?.string ?? "", count: generated["count"]?.int ?? 0)
            body = (generated["prefix"]?.string ?? "") + repeated + (generated["suffix"]?.string ?? "")
        }
        status = response["status"]?.int ?? 0
        responseHeaders = Dictionary(
            (response["headers"]?.object?.members ?? []).map { member in
                (member.name, (member.value.array ?? []).compactMap(\.string))
            }
        ) { $1 }
        answer = response["body"]?.string
        isBinary = request["bodyBase64"] != nil || response["bodyBase64"] != nil
        frames = response["frames"]?.array?.map {
            Transcript.Frame(text: $0["text"]?.string, cause: $0["causedBy"]?.string ?? Self.number($0["causedBy"]))
        }
        if frames?.contains(where: { $0.text == nil }) ?? false { isBinary = true }
    }

    private static func number(_ value: JSONValue?) -> String { value?.int.map { String($0) } ?? "" }

    /// Whether the step speaks another encoding than JSON.
    var isOtherEncoding: Bool {
        // Apply is YAML by name and mostly JSON.
        let types = [header("Content-Type"), responseHeaders["Content-Type"]?.first ?? ""]
            .filter { $0 != PatchType.apply.rawValue }
        return isBinary || types.contains { $0.contains("protobuf") || $0.contains("yaml") || $0.contains("cbor") }
    }
}
