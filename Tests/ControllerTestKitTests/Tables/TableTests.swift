import ControllerTestKit
import KubeClient
import Testing

@Suite("Table")
struct TableTests {
    @Test(
        "every recorded Table has these columns and cells", .enabled(if: Fixtures.areAvailable, Fixtures.reason),
        arguments: ["content/table", "content/secret-forms"])
    func recorded(transcript: String) throws {
        var objects: [String: JSONValue] = [:]
        for step in try Fixtures.steps(transcript) {
            guard let kind = step.target?.kind, let answer = step.answer else { continue }
            let document = try JSONValue.parsed(answer)
            if document["kind"]?.text == kind.resource.kind, let name = document["metadata", "name"]?.text {
                objects[name] = document
            }
            guard document["kind"]?.text == "Table" else { continue }
            let empty = kind.table(of: [], metadata: JSONObject(), now: 0)
            #expect(goJSON(empty["columnDefinitions"] ?? .null) == goJSON(document["columnDefinitions"] ?? .null))
            for row in document["rows"]?.elements ?? [] {
                guard let object = row["object"], object["kind"]?.text == kind.resource.kind else { continue }
                let table = kind.table(of: [object], metadata: JSONObject(), include: .object, now: 0)
                // The age depends on when it was asked.
                #expect(
                    table["rows"]?.elements.first?["cells"]?.elements.dropLast() == row["cells"]?.elements.dropLast())
            }
        }
    }

    @Test("an unknown includeObject is refused in the server's words")
    func includeObject() throws {
        let failure = #expect(throws: APIFailure.self) { try IncludedObject(parameter: "Foo") }
        #expect(
            failure?.message
                == "Unable to convert to Table as requested: includeObject: Invalid value: \"Foo\": must be "
                + "'Metadata', 'Object', 'None', or empty")
        #expect(try IncludedObject(parameter: nil) == .metadata)
    }

    @Test("a row holds metadata, the object or nothing")
    func rows() throws {
        let kind = try #require(KindRegistry.builtIn.kind(of: .configMaps))
        let object = try JSONValue.parsed(
            #"{"metadata":{"name":"a","creationTimestamp":"2026-11-22T10:00:00Z"},"data":{"k":"v"},"binaryData":{"b":"eA=="}}"#
        )
        let now = try APITime(parsing: "2026-11-22T10:02:05Z", layout: .seconds).seconds
        func row(_ include: IncludedObject) -> JSONValue? {
            kind.table(of: [object], metadata: JSONObject(), include: include, now: now)["rows"]?.elements.first
        }
        #expect(try row(.none) == .parsed(#"{"cells":["a",2,"2m5s"],"object":null}"#))
        #expect(row(.metadata)?["object", "kind"] == .string("PartialObjectMetadata"))
        #expect(row(.metadata)?["object", "data"] == nil)
        #expect(row(.object)?["object", "kind"] == .string("ConfigMap"))
        #expect(row(.object)?["object", "data", "k"] == .string("v"))
    }

    @Test(
        "ages are worded as kubectl words them",
        arguments: [
            (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
            (10_800, "3h"), (14_700, "4h5m"), (86_400, "24h"), (172_799, "47h"), (172_800, "2d"), (180_000, "2d2h"),
            (691_200, "8d"), (31_536_000, "365d"), (63_072_000, "2y"), (64_000_000, "2y10d"), (315_360_000, "10y"),
            (-1, "0s"), (-2, "<invalid>"),
        ])
    func ages(seconds: Int64, expected: String) throws {
        let kind = try #require(KindRegistry.builtIn.kind(of: .configMaps))
        let object = try JSONValue.parsed(#"{"metadata":{"name":"a","creationTimestamp":"2026-11-22T10:00:00Z"}}"#)
        let start = try APITime(parsing: "2026-11-22T10:00:00Z", layout: .seconds).seconds
        let table = kind.table(of: [object], metadata: JSONObject(), now: start + seconds)
        #expect(table["rows"]?.elements.first?["cells"]?.elements.last == .string(expected))
    }

    @Test("a Deployment and its Pods show what kubectl shows")
    func workloads() throws {
        let deployments = try #require(KindRegistry.builtIn.kind(of: .deployments))
        let deployment = try JSONValue.parsed(
            #"{"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b","image":"j"}]}}},"status":{"readyReplicas":2,"updatedReplicas":1}}"#
        )
        let row = deployments.table(of: [deployment], metadata: JSONObject(), now: 0)["rows"]?.elements.first
        #expect(try row?["cells"] == .parsed(#"["web","2/3",1,0,"<unknown>","a,b","i,j","app=web"]"#))
        let pods = try #require(KindRegistry.builtIn.kind(of: .pods))
        let pod = try JSONValue.parsed(
            #"{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"a"}]},"status":{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[{"name":"a","ready":true,"restartCount":2}]}}"#
        )
        let cells = pods.table(of: [pod], metadata: JSONObject(), now: 0)["rows"]?.elements.first?["cells"]
        #expect(
            try cells
                == .parsed(#"["p","1/1","Running","2","<unknown>","10.0.0.1","n","<none>","<none>"]"#))
    }
}
