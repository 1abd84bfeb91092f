import KubeClient
import Testing

@testable import ControllerTestKit

@Suite("Field sets")
struct FieldSetTests {
    private func set(_ json: String) throws -> FieldSet { FieldSet(try .parsed(json)) }

    @Test(
        "the JSON form survives reading and writing",
        arguments: [
            "{}", #"{"f:data":{}}"#, #"{"f:data":{".":{},"f:a":{}}}"#,
            #"{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{}}}}}"#,
            #"{"f:metadata":{"f:finalizers":{"v:\"a\"":{}}}}"#,
        ])
    func roundTrip(json: String) throws { #expect(goJSON(try set(json).json) == json) }

    @Test("sets are united, cut and subtracted path by path")
    func algebra() throws {
        let left = try set(#"{"f:data":{".":{},"f:a":{},"f:b":{}}}"#)
        let right = try set(#"{"f:data":{"f:b":{},"f:c":{}}}"#)
        #expect(goJSON(left.union(right).json) == #"{"f:data":{".":{},"f:a":{},"f:b":{},"f:c":{}}}"#)
        #expect(goJSON(left.intersection(right).json) == #"{"f:data":{"f:b":{}}}"#)
        #expect(goJSON(left.subtracting(right).json) == #"{"f:data":{".":{},"f:a":{}}}"#)
        #expect(left.subtracting(left).isEmpty)
    }

    @Test("a removed branch leaves no empty nodes behind")
    func removal() throws {
        var set = try set(#"{"f:metadata":{"f:labels":{"f:a":{}}}}"#)
        set.removeAll(below: [.field("metadata"), .field("labels")])
        #expect(set == FieldSet())
    }

    @Test("paths read as the server's messages show them")
    func shown() throws {
        let set = try set(
            #"{"f:spec":{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{"f:name":{}}},"f:x":{"v:\"a\"":{}}}}"#
        )
        #expect(
            set.paths.map { $0.map(\.shown).joined() } == [
                #".spec.ports[containerPort=80,protocol="TCP"].name"#, #".spec.x[="a"]"#,
            ])
    }
}
