import KubeClient

@testable import ControllerTestKit

extension Transcript {
    /// The namespaces that the recording found when it began: those that paths name and no step creates.
    var namespacesBefore: [String] {
        let named = steps.compactMap { step -> String? in
            let parts = step.path.split(separator: "/")
            guard let index = parts.firstIndex(of: "namespaces"), index + 1 < parts.count else { return nil }
            return String(parts[index + 1])
        }
        let created = steps.filter { $0.method == "POST" && $0.path == "/api/v1/namespaces" }.compactMap { step in
            (try? GoJSONParser.parse(Array((step.body ?? "").utf8)).value)?["metadata", "name"]?.string
        }
        return Set(named).subtracting(created).filter { !$0.contains("nosuch") }.sorted()
    }

    /// The objects that the recording found when it began, in the order of their versions: those that an answer shows
    /// before a step can have made them.
    func objectsBefore(skipping skipped: Set<Int>) -> [JSONValue] {
        var known: Set<String> = []
        var found: [JSONValue] = []
        // An answer to a dry run shows what is not stored.
        for step in steps where !skipped.contains(step.id) && !step.target.contains("dryRun") {
            if let frames = step.frames {
                // What a later step causes is not there yet.
                for frame in frames {
                    guard let object = (try? GoJSONParser.parse(Array((frame.text ?? "").utf8)).value)?["object"] else {
                        continue
                    }
                    note(object, isNew: frame.cause != "initial", &known, &found)
                }
                continue
            }
            guard let answer = try? GoJSONParser.parse(Array((step.answer ?? "").utf8)).value else { continue }
            for object in Self.objects(in: answer) { note(object, isNew: step.status == 201, &known, &found) }
        }
        return found.sorted { (Int(ObjectMeta($0).resourceVersion) ?? 0) < (Int(ObjectMeta($1).resourceVersion) ?? 0) }
    }

    /// The whole objects that a step's answer shows.
    func objects(shownByStep id: Int) throws -> [JSONValue] {
        guard let step = steps.first(where: { $0.id == id }) else { return [] }
        return Self.objects(in: try GoJSONParser.parse(Array((step.answer ?? "").utf8)).value)
    }

    private static func objects(in answer: JSONValue) -> [JSONValue] {
        guard let items = answer["items"]?.array, let kind = answer["kind"]?.string else { return [answer] }
        return items.map { item in
            guard item["kind"] == nil, kind.hasSuffix("List") else { return item }
            var item = item
            item.set("kind", .string(String(kind.dropLast(4))))
            item.set("apiVersion", answer["apiVersion"])
            return item
        }
    }

    private func note(_ object: JSONValue, isNew: Bool, _ known: inout Set<String>, _ found: inout [JSONValue]) {
        let meta = ObjectMeta(object)
        guard !meta.uid.isEmpty, !known.contains(meta.uid), !meta.resourceVersion.isEmpty else { return }
        known.insert(meta.uid)
        let kind = object["kind"]?.string ?? ""
        guard !isNew, KindRegistry.builtIn.kind(apiVersion: object["apiVersion"]?.string ?? "", kind: kind) != nil
        else { return }
        found.append(object)
    }
}
