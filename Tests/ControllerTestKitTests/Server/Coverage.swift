/// What of the recordings is replayed, and what is not and why.
///
/// Steps in protobuf or YAML are never replayed: the server speaks JSON.
enum Coverage {
    static let transcripts = Fixtures.transcripts(
        in: "configmaps", "secrets", "lists", "watch", "writes", "patch", "workloads", "leases", "events", "auth",
        "content", "apply"
    ).filter { unsupportedTranscripts[$0] == nil }

    /// Transcripts none of which is replayed.
    ///
    /// The folder `discovery` is not at all: discovery lists fewer kinds here and has its own suite.
    static let unsupportedTranscripts = [
        "auth/token-request": "no tokens are made",
        "content/deprecation-warning": "no Endpoints, no ComponentStatus",
        "content/gzip": "no compression",
        "content/workload-forms": "begins with a Job that exists, which cannot be created with its uid",
        "content/yaml": "no YAML",
        "lists/continue-expired": "compacts and writes between its steps: CompactionTests",
        "workloads/eviction-429": "no disruption budgets",
        "workloads/lists": "begins with a Job that exists, which cannot be created with its uid",
        "workloads/pod-subresources": "no logs, no exec",
        "writes/admission-denied": "no admission policies",
        "writes/quota-exceeded": "no quotas",
        "writes/webhook-unreachable": "no webhooks",
    ]

    /// What happened to one definition and its objects, in the order in which it was recorded.
    static let customResources = [
        "crd/definition", "crd/create-and-validate", "crd/update-and-status", "crd/patch", "crd/lists",
        "crd/content-types", "crd/request-too-large-for-storage", "crd/watch", "crd/definition-delete",
    ]

    /// Steps of ``customResources`` that are not replayed.
    static let unsupportedCustomResourceSteps: [Int: String] = [
        707: "a bookmark that came by chance"
    ]

    /// Steps that are not replayed in transcripts that otherwise are.
    static let unsupportedSteps: [String: [Int: String]] = [
        "apply/errors": [6: "another YAML parser's words"],
        "auth/access-reviews": [
            7: "no SelfSubjectRulesReview", 8: "tokens have no id",
        ],
        "auth/anonymous": [4: "another build"],
        "auth/forbidden": [20: "fewer API groups", 24: "no check for escalation"],
        "watch/deployment-rollout": [1: "the frames of the Deployment controller"],
        "watch/partial-object-metadata": [3: "a bookmark that came by chance"],
        "workloads/deployment-defaulting": [
            3: "the ReplicaSet of the Deployment controller", 4: "the pod of the ReplicaSet controller",
        ],
        "workloads/job": [
            2: "quotes the internal form of the pod template", 3: "quotes the internal form of the pod template",
        ],
        "workloads/job-default-delete": [3: "the pod of the Job controller"],
        "workloads/job-delete-recreate": [4: "the finalizer of a pod of the Job controller"],
        "workloads/pod-delete": [
            1: "no volume for the account's token", 2: "no volume for the account's token",
            3: "quotes the internal form of the pod", 4: "no scheduler, so no grace period",
            5: "no volume for the account's token", 6: "no scheduler, so no grace period",
        ],
        "workloads/statefulset": [7: "no ControllerRevisions"],
    ]

    /// Objects that a recording found and shows in part only: taken from another transcript's answer.
    static let borrowedObjects: [String: [(transcript: String, step: Int)]] = [
        "content/partial-object-metadata": [("content/protobuf-get-list", 3)],
        "content/table": [("content/protobuf-get-list", 3)],
        "patch/strategic-merge-errors": [("patch/strategic-merge", 14)],
    ]

    /// Objects that a recording found and no answer shows.
    static let extraObjects: [String: [String]] = [
        // Something behind the last selected object, so that the last page is not known to be the last.
        "lists/all-namespaces": [
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt","namespace":"golden-lists"}}"#
        ]
    ]
}
