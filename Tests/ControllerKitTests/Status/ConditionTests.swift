import ControllerKit
import KubeClient
import Testing

@Suite struct ConditionTests {
    private let noon = Timestamp(seconds: 1_786_363_200)
    private let later = Timestamp(seconds: 1_786_363_260)

    @Test func `the transition time changes with the status alone`() {
        var conditions: [Condition] = []
        #expect(conditions.set(Condition("Ready", .false, reason: "Starting"), now: noon) == true)
        let since = conditions["Ready"]?.lastTransitionTime
        #expect(since == noon.rfc3339)

        #expect(
            conditions.set(Condition("Ready", .false, reason: "Waiting", message: "for a disk"), now: later) == true)
        #expect(conditions["Ready"]?.lastTransitionTime == since)
        #expect(conditions["Ready"]?.reason == "Waiting")

        #expect(conditions.set(Condition("Ready", .true, reason: "Up", observedGeneration: 3), now: later) == true)
        #expect(conditions["Ready"]?.lastTransitionTime == later.rfc3339)
        #expect(conditions.count == 1)
    }

    @Test func `the same report changes nothing`() {
        var conditions: [Condition] = []
        let report = Condition("Ready", .true, reason: "Up", message: "since noon", observedGeneration: 3)
        conditions.set(report, now: noon)
        let before = conditions
        #expect(conditions.set(report, now: later) == false)
        #expect(conditions == before)
    }

    @Test func `a copy that is changed has a new transition time, and an own time is kept`() throws {
        var conditions: [Condition] = []
        conditions.set(Condition("Ready", .false, reason: "Starting"), now: noon)
        var copy = try #require(conditions["Ready"])
        copy.status = .true
        conditions.set(copy, now: later)
        #expect(conditions["Ready"]?.lastTransitionTime == later.rfc3339)

        conditions.set(Condition("Ready", .false, reason: "Down", lastTransitionTime: noon.rfc3339), now: later)
        #expect(conditions["Ready"]?.lastTransitionTime == noon.rfc3339)
    }

    @Test func `others are left alone`() {
        var conditions = [Condition("Other", .unknown, reason: "Nobody", lastTransitionTime: "t")]
        conditions.set(Condition("Ready", .true, reason: "Up"), now: noon)
        #expect(conditions.map(\.type) == ["Other", "Ready"])
        #expect(conditions.isTrue("Ready") && !conditions.isTrue("Other") && !conditions.isTrue("None"))
        #expect(conditions.remove("Other") == true)
        #expect(conditions.remove("Other") == false)
        #expect(conditions.map(\.type) == ["Ready"])
    }

    @Test func `what is written is what is read`() throws {
        var conditions: [Condition] = []
        conditions.set(Condition("Ready", .true, reason: "Up", message: "m", observedGeneration: 3), now: noon)
        conditions.set(Condition("Stuck", .unknown, reason: "NotAsked"), now: later)
        let read = try JSONReader.read(conditions.json.bytes) { (reader) throws(JSONError) in
            try [Condition](from: &reader)
        }
        #expect(read == conditions)
    }

    @Test(arguments: [#"{}"#, #""x""#, "null", "[7]", #"[{"type":7,"status":"true"}]"#])
    func `odd documents do not stop a list`(text: String) throws {
        let read = try JSONReader.read(Array(text.utf8)) { (reader) throws(JSONError) in
            try [Condition](from: &reader)
        }
        #expect(read.allSatisfy { $0.status == .unknown })
    }
}

extension JSONReader {
    fileprivate static func read<Value>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value { try unsafe read(bytes.span.bytes, body) }
}
