import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct ParkedJobTests {
    private let job = """
        {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"once","namespace":"shop","uid":"u",\
        "resourceVersion":"7","labels":{"app":"x"},"annotations":{"reloader.stakater.com/auto":"true"},\
        "ownerReferences":[{"kind":"CronJob","name":"c"}],"finalizers":["x/y"]},"spec":{"parallelism":3,"completions":5,\
        "activeDeadlineSeconds":60,"ttlSecondsAfterFinished":9,"suspend":true,"backoffLimit":2,"manualSelector":false,\
        "selector":{"matchLabels":{"controller-uid":"u"}},"template":{"metadata":{"labels":{"own":"l",\
        "controller-uid":"u"}},"spec":{"containers":[{"name":"app"}]}}},"status":{"active":1}}
        """
    private let mutation = TemplateMutation.markers([
        .init(container: "app", containerIndex: 0, name: "M", value: "v", index: nil)
    ])

    private func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func `a copy starts no pods, does not end by itself, and belongs to nobody`() throws {
        let copy = ParkedJob.body(of: try value(job), with: mutation)
        let spec = copy["spec"]
        #expect(spec?["parallelism"] == 0)
        for field in ["activeDeadlineSeconds", "ttlSecondsAfterFinished", "suspend", "selector", "manualSelector"] {
            #expect(spec?[field] == nil)
        }
        #expect(spec?["completions"] == 5)
        let metadata = copy["metadata"]
        #expect(metadata?["ownerReferences"] == nil)
        #expect(metadata?["finalizers"] == nil)
        #expect(metadata?["namespace"] == "shop")
        #expect(metadata?["name"]?.string == ParkedJob.name(of: "once", uid: "u"))
        #expect(metadata?["annotations"]?.object?.members.map(\.name) == [ParkedJob.key])
        #expect(metadata?["labels"] == ["app": "x", "reloader.stakater.com/parked-job": "true"])
        #expect(copy["status"] == nil)
    }

    @Test func `the Job comes back from its copy as it would have been created`() throws {
        var copy = ParkedJob.body(of: try value(job), with: mutation)
        // What the server adds.
        copy["metadata"]?["uid"] = "v"
        copy["spec"]?["selector"] = ["matchLabels": ["controller-uid": "v"]]
        copy["spec"]?["manualSelector"] = false
        copy["spec"]?["suspend"] = false
        copy["spec"]?["template"]?["metadata"]?["labels"]?["controller-uid"] = "v"
        let record = try #require(ParkedJob.record(of: copy))
        #expect(record.name == "once")
        #expect(record.uid == "u")
        let expected = JobCopy.body(of: try value(job), with: mutation)
        #expect(JobCopy.body(of: record.job, with: nil).sortedByName() == expected.sortedByName())
    }

    @Test func `a selector that the author wrote comes back with its labels, and the copy has none of it`() throws {
        let job = try value(
            """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"m","namespace":"shop","uid":"u"},\
            "spec":{"parallelism":1,"selector":{"matchLabels":{"job-name":"m"}},"manualSelector":true,\
            "template":{"metadata":{"labels":{"job-name":"m"}},"spec":{}}}}
            """)
        let copy = ParkedJob.body(of: job, with: nil)
        #expect(copy["spec"]?["selector"] == nil)
        let restored = try #require(ParkedJob.record(of: copy)).job
        #expect(JobCopy.body(of: restored, with: nil).sortedByName() == JobCopy.body(of: job, with: nil).sortedByName())
    }

    @Test(
        "what is no copy tells of nothing",
        arguments: ["{}", #"{"metadata":{"annotations":{"reloader.stakater.com/parked-job":"x"}}}"#])
    func foreign(text: String) throws {
        #expect(ParkedJob.record(of: try value(text)) == nil)
    }

    @Test func `the name follows from the incarnation and fits`() {
        #expect(ParkedJob.name(of: "once", uid: "u") == ParkedJob.name(of: "once", uid: "u"))
        #expect(ParkedJob.name(of: "once", uid: "u") != ParkedJob.name(of: "once", uid: "v"))
        #expect(ParkedJob.name(of: String(repeating: "x", count: 63), uid: "u").utf8.count == 63)
        let cut = ParkedJob.name(of: String(repeating: "x", count: 51) + ".yyyyyyyyyy", uid: "u")
        #expect(cut.hasPrefix(String(repeating: "x", count: 51) + "-"))
    }
}
