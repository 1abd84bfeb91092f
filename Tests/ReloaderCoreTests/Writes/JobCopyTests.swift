import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct JobCopyTests {
    private func copy(_ job: String, _ mutation: TemplateMutation? = nil) throws -> String {
        JobCopy.body(of: try JSONValue(parsing: Array(job.utf8)), with: mutation).description
    }

    @Test func `what the server gives each incarnation anew is left out, all else stays, known or not`() throws {
        let job = """
            {"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"once","namespace":"shop","uid":"u","resourceVersion":"7",\
            "creationTimestamp":"2026-11-22T10:05:42Z","labels":{"job-name":"once"},"annotations":{"a":"b"},\
            "ownerReferences":[{"kind":"Workflow"}],"finalizers":["x/y"],"future":1.50},\
            "spec":{"suspend":true,"selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"u"}},\
            "manualSelector":false,"template":{"metadata":{"labels":{"controller-uid":"u",\
            "batch.kubernetes.io/controller-uid":"u","own":"l","batch.kubernetes.io/job-name":"once","job-name":"once"}},\
            "spec":{"containers":[{"name":"app"}],"future":[{"x":null}]}}},"status":{"active":1}}
            """
        let mutation = TemplateMutation.markers([
            .init(container: "app", containerIndex: 0, name: "M", value: "v", index: nil)
        ])
        let expected = """
            {"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"once","namespace":"shop",\
            "labels":{"job-name":"once"},"annotations":{"a":"b"},\
            "ownerReferences":[{"kind":"Workflow"}],"finalizers":["x/y"],"future":1.50},\
            "spec":{"suspend":true,"manualSelector":false,"template":{"metadata":{"labels":{"own":"l"}},\
            "spec":{"containers":[{"name":"app","env":[{"name":"M","value":"v"}]}],"future":[{"x":null}]}}}}
            """
        #expect(try copy(job, mutation) == expected)
    }

    @Test func `a selector that the author wrote stays, with the labels that it selects`() throws {
        let job = """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"m"},"spec":{"selector":{"matchLabels":{"job-name":"m"}},\
            "manualSelector":true,"template":{"metadata":{"labels":{"job-name":"m"}},"spec":{}}}}
            """
        #expect(try copy(job) == job)
    }

    @Test func `a template without labels gets none`() throws {
        let job = #"{"apiVersion":"batch/v1","kind":"Job","metadata":{},"spec":{"template":{"spec":{}}}}"#
        #expect(try copy(job) == job)
    }
}
