public import KubeClient

/// Identity of a workload: kind, namespace and name.
///
/// Written `Deployment namespace/name`.
public struct WorkloadKey: Hashable, Sendable, CustomStringConvertible {
    /// The kind.
    public var kind: WorkloadKind
    /// Namespace and name.
    public var object: ObjectKey

    /// Creates a key.
    public init(_ kind: WorkloadKind, _ object: ObjectKey) {
        self.kind = kind
        self.object = object
    }

    /// Kind, namespace and name.
    public var description: String { "\(kind) \(object)" }
}

/// All that is kept of a workload: what the policy and the plan read.
public struct Workload: Hashable, Sendable {
    /// Kind, namespace and name.
    public let key: WorkloadKey
    /// The server's identity of this incarnation of the object.
    public let uid: String
    /// The version of this state of the object.
    public let resourceVersion: ResourceVersion
    /// `metadata.generation`, which counts changes of the spec.
    public let generation: Int?
    /// `spec.paused`.
    public let isPaused: Bool
    /// `spec.suspend`, of Jobs and CronJobs.
    public let isSuspended: Bool
    /// Whether a Job has completed or failed.
    public let isFinished: Bool
    /// Whether a CronJob made this Job, by its schedule or by hand.
    public let isOwnedByCronJob: Bool
    /// `metadata.annotations`, without the bulky ones of other tools.
    public let annotations: [String: String]
    /// The pod template; empty while it lies in another object.
    public let template: PodTemplate
    /// The Deployment whose template an Argo Rollout uses instead of one of its own (`spec.workloadRef`).
    public let templateOwner: WorkloadKey?

    /// The kind.
    public var kind: WorkloadKind { key.kind }
    /// The namespace.
    public var namespace: String { key.object.namespace ?? "" }
    /// The name.
    public var name: String { key.object.name }

    /// Creates a workload from parts.
    public init(
        _ key: WorkloadKey, uid: String = "", resourceVersion: ResourceVersion = .init(rawValue: ""),
        generation: Int? = nil, isPaused: Bool = false, isSuspended: Bool = false, isFinished: Bool = false,
        isOwnedByCronJob: Bool = false, annotations: [String: String] = [:], template: PodTemplate = .init(),
        templateOwner: WorkloadKey? = nil
    ) {
        self.key = key
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.generation = generation
        self.isPaused = isPaused
        self.isSuspended = isSuspended
        self.isFinished = isFinished
        self.isOwnedByCronJob = isOwnedByCronJob
        self.annotations = annotations
        self.template = template
        self.templateOwner = templateOwner
    }

    /// The same workload with the template of its ``templateOwner``.
    func borrowing(_ template: PodTemplate) -> Workload {
        Workload(
            key, uid: uid, resourceVersion: resourceVersion, generation: generation, isPaused: isPaused,
            isSuspended: isSuspended, isFinished: isFinished, isOwnedByCronJob: isOwnedByCronJob,
            annotations: annotations, template: template, templateOwner: templateOwner)
    }

    /// Reads an object of this kind.
    public init(_ kind: WorkloadKind, from reader: inout JSONReader) throws(JSONError) {
        var identity = ObjectIdentity()
        var (generation, annotations): (Int?, [String: String]) = (nil, [:])
        var (isFinished, isOwnedByCronJob) = (false, false)
        var spec = Spec()
        let path = kind.templatePath[...]
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            if name == "metadata" {
                identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
                    switch name {
                    case "generation": generation = try reader.intOrNil()
                    case "annotations": annotations = try reader.annotations()
                    case "ownerReferences" where kind.writeMethod == .recreation:
                        isOwnedByCronJob = try Self.hasCronJob(amongOwners: &reader)
                    default: break
                    }
                }
            } else if name == "status", kind.writeMethod == .recreation {
                isFinished = try Self.hasEnded(status: &reader)
            } else if name.string == path.first {
                try spec.read(from: &reader, path.dropFirst(), isOutermost: true)
            }
        }
        self.init(
            WorkloadKey(kind, identity.key), uid: identity.uid, resourceVersion: identity.resourceVersion,
            generation: generation, isPaused: spec.isPaused, isSuspended: spec.isSuspended, isFinished: isFinished,
            isOwnedByCronJob: isOwnedByCronJob, annotations: annotations, template: spec.template,
            templateOwner: kind.writeMethod == .rolloutPatch
                ? spec.templateOwner.map {
                    WorkloadKey(.deployment, ObjectKey(namespace: identity.key.namespace, name: $0))
                } : nil)
    }

    private static func hasCronJob(amongOwners reader: inout JSONReader) throws(JSONError) -> Bool {
        var isFound = false
        try reader.forEachElementIfArray { (reader) throws(JSONError) in
            let owner = try OwnerReference(from: &reader)
            // Older versions of the group wrote other versions of it.
            if owner.kind == "CronJob", owner.apiVersion.hasPrefix("batch/") { isFound = true }
        }
        return isFound
    }

    private static func hasEnded(status reader: inout JSONReader) throws(JSONError) -> Bool {
        var isFound = false
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard name == "conditions" else { return }
            try reader.forEachElementIfArray { (reader) throws(JSONError) in
                let condition = try reader.stringDictionary()
                let isFinal = condition["type"] == "Complete" || condition["type"] == "Failed"
                if isFinal, condition["status"] == "True" { isFound = true }
            }
        }
        return isFound
    }

    private struct Spec {
        var isPaused = false
        var isSuspended = false
        var template = PodTemplate()
        /// The name of a Deployment.
        var templateOwner: String?

        mutating func read(
            from reader: inout JSONReader, _ path: ArraySlice<String>, isOutermost: Bool = false
        ) throws(JSONError) {
            guard let next = path.first else {
                template = try PodTemplate(from: &reader)
                return
            }
            try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                if name == "paused" {
                    isPaused = try reader.boolOrFalse()
                } else if name == "suspend", isOutermost {
                    // Deeper in a CronJob lies the word of the Jobs that it makes.
                    isSuspended = try reader.boolOrFalse()
                } else if name == "workloadRef", isOutermost {
                    let reference = try reader.stringDictionary()
                    let isDeployment =
                        reference["kind"] == "Deployment" && reference["apiVersion"]?.hasPrefix("apps/") == true
                    templateOwner = isDeployment ? reference["name"] : nil
                } else if name.string == next {
                    try read(from: &reader, path.dropFirst())
                }
            }
        }
    }
}

extension Workload: CustomStringConvertible {
    /// Kind, namespace, name and version.
    public var description: String { "\(key)@\(resourceVersion)" }
}
