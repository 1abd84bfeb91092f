import KubeClient

/// The copy of a Job that lies beside it while the Job is deleted and created again.
///
/// A Job of another name in the same namespace, of which no server starts pods (`parallelism: 0`), that no controller owns
/// and that never ends by itself. An annotation names the Job and holds what the copy does not have itself, so that
/// whoever finds the copy can finish the work.
enum ParkedJob {
    /// The annotation that holds what is needed to make the Job from its copy; a label of the same name finds copies.
    static let key = "reloader.stakater.com/parked-job"
    /// Selects copies.
    static let selector = "\(key)=true"

    /// What would start pods, end the copy, or put it into other hands.
    private static let heldBack = [
        "parallelism", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "suspend", "managedBy", "manualSelector",
        "selector",
    ]
    private static let metadata = ["labels", "annotations", "ownerReferences", "finalizers"]

    /// Whose copy it is, and what it takes to make that Job.
    struct Record: Sendable {
        /// The Job's name.
        var name: String
        /// The incarnation that was copied.
        var uid: String
        /// The document that creates the Job.
        var job: JSONValue
    }

    /// The same for every try to copy one incarnation of a Job.
    static func name(of job: String, uid: String) -> String { RunName.name(of: job, for: ["parked", uid]) }

    /// The document that creates the copy of a Job, with the changed template.
    static func body(of job: JSONValue, with mutation: TemplateMutation?) -> JSONValue {
        var copy = JobCopy.body(of: job, with: mutation)
        let (name, uid) = (job["metadata"]?["name"]?.string ?? "", job["metadata"]?["uid"]?.string ?? "")
        var record: JSONObject = [
            "name": .string(name), "uid": .string(uid),
            "metadata": .object(members(metadata, of: copy["metadata"])),
            "spec": .object(members(heldBack, of: copy["spec"])),
        ]
        // The server adds its own labels to the template of the copy, because its selector is not its author's.
        if copy["spec"]?["manualSelector"]?.bool == true {
            record["templateLabels"] = copy["spec"]?["template"]?["metadata"]?["labels"]
        }
        for field in heldBack { copy["spec"]?[field] = nil }
        copy["spec"]?["parallelism"] = 0

        var labels = copy["metadata"]?["labels"] ?? .object([:])
        labels[key] = "true"
        copy["metadata"] = [
            "name": .string(Self.name(of: name, uid: uid)),
            "namespace": job["metadata"]?["namespace"] ?? "", "labels": labels,
            "annotations": [key: .string(JSONValue.object(record).description)],
        ]
        return copy
    }

    /// What a copy tells of; nil when it is none.
    static func record(of copy: JSONValue) -> Record? {
        guard let text = copy["metadata"]?["annotations"]?[key]?.string,
            let record = try? JSONValue(parsing: Array(text.utf8)),
            let name = record["name"]?.string, let uid = record["uid"]?.string, !name.isEmpty, !uid.isEmpty
        else { return nil }
        var job = JobCopy.body(of: copy, with: nil)
        for field in heldBack { job["spec"]?[field] = record["spec"]?[field] }
        if let labels = record["templateLabels"] { job["spec"]?["template"]?["metadata"]?["labels"] = labels }
        var metadata: JSONObject = [
            "name": .string(name), "namespace": copy["metadata"]?["namespace"] ?? "", "uid": .string(uid),
        ]
        for (field, value) in record["metadata"]?.object?.members ?? [] { metadata[field] = value }
        job["metadata"] = .object(metadata)
        return Record(name: name, uid: uid, job: job)
    }

    private static func members(_ names: [String], of value: JSONValue?) -> JSONObject {
        var members = JSONObject()
        for name in names { members[name] = value?[name] }
        return members
    }
}

extension Workload {
    /// Whether this is a Job's copy that a Reloader made and will remove.
    var isParkedCopy: Bool { kind.writeMethod == .recreation && annotations[ParkedJob.key] != nil }
}
