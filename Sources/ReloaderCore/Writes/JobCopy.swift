import KubeClient

/// The document that creates a Job again.
enum JobCopy {
    private static let serverFields = ["resourceVersion", "uid", "creationTimestamp"]
    private static let generatedLabels = [
        "controller-uid", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "job-name",
    ]

    /// A Job as it was read, without what the server gives each incarnation anew, and with the changed template.
    ///
    /// What is not known here stays. A Job whose selector its author wrote (`manualSelector`) keeps selector and labels:
    /// the server makes none for it.
    static func body(of job: JSONValue, with mutation: TemplateMutation?) -> JSONValue {
        var copy = job
        copy["apiVersion"] = "batch/v1"
        copy["kind"] = "Job"
        copy["status"] = nil
        for field in serverFields { copy["metadata"]?[field] = nil }
        if copy["spec"]?["manualSelector"]?.bool != true {
            copy["spec"]?["selector"] = nil
            for label in generatedLabels { copy["spec"]?["template"]?["metadata"]?["labels"]?[label] = nil }
        }
        mutation?.apply(to: &copy, at: WorkloadKind.job.templatePath)
        return copy
    }
}
