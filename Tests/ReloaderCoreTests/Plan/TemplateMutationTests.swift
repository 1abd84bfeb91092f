import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct TemplateMutationTests {
    private let path = ["spec", "jobTemplate", "spec", "template"]

    private func marker(_ name: String, _ value: String?, index: Int? = nil, container: Int = 0)
        -> TemplateMutation.Marker
    {
        .init(container: "c\(container)", containerIndex: container, name: name, value: value, index: index)
    }

    private func applied(_ mutation: TemplateMutation, to object: String, at path: [String] = []) throws -> String {
        var value = try JSONValue(parsing: Array(object.utf8))
        mutation.apply(to: &value, at: path)
        return value.description
    }

    @Test func `patches go as deep as the template lies`() {
        #expect(
            TemplateMutation.markers([marker("A", "1"), marker("B", nil, index: 2)]).patch(at: path).text
                == #"strategic {"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"c0","env":"#
                + #"[{"name":"A","value":"1"},{"name":"B","$patch":"delete"}]}]}}}}}}"#)
        #expect(
            TemplateMutation.markers([marker("B", nil, index: 2)]).patch(at: path).text
                == #"json [{"op":"test","path":"/spec/jobTemplate/spec/template/spec/containers/0/env/2/name","value":"B"},"#
                + #"{"op":"remove","path":"/spec/jobTemplate/spec/template/spec/containers/0/env/2"}]"#)
        #expect(
            TemplateMutation.annotation(key: "k", value: "v").patch(at: path).text
                == #"strategic {"spec":{"jobTemplate":{"spec":{"template":{"metadata":{"annotations":{"k":"v"}}}}}}}"#)
    }

    @Test(
        "variables are replaced in place, appended at the end, and removed",
        arguments: [
            (#"{"name":"c0"}"#, #"{"name":"c0","env":[{"name":"A","value":"1"}]}"#),
            (#"{"name":"c0","env":null}"#, #"{"name":"c0","env":[{"name":"A","value":"1"}]}"#),
            (
                #"{"name":"c0","env":[{"name":"A","valueFrom":{}},{"name":"X"}]}"#,
                #"{"name":"c0","env":[{"name":"A","value":"1"},{"name":"X"}]}"#
            ),
            (
                #"{"name":"c0","env":[{"name":"X"},{"name":"B","value":"2"}],"image":"i"}"#,
                #"{"name":"c0","env":[{"name":"X"},{"name":"A","value":"1"}],"image":"i"}"#
            ), (#"{"name":"other"}"#, #"{"name":"other"}"#),
        ])
    func application(container: String, expected: String) throws {
        let mutation = TemplateMutation.markers([marker("A", "1"), marker("B", nil)])
        let object = #"{"spec":{"containers":[\#(container),{"name":"c1"}]}}"#
        #expect(try applied(mutation, to: object) == #"{"spec":{"containers":[\#(expected),{"name":"c1"}]}}"#)
    }

    @Test func `an annotation finds its place, whatever is there`() throws {
        let mutation = TemplateMutation.annotation(key: "k", value: "v")
        let expected = #"{"t":{"metadata":{"annotations":{"k":"v"}}}}"#
        for object in [#"{"t":{}}"#, #"{"t":{"metadata":null}}"#, #"{"t":{"metadata":{"annotations":{"k":"old"}}}}"#] {
            #expect(try applied(mutation, to: object, at: ["t"]) == expected)
        }
    }
}
