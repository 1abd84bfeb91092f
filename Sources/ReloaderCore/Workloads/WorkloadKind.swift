public import KubeClient

/// One kind of workload as a value: its resource, where its pod template lies and how a reload is written.
///
/// Kinds are equal when their names are.
public struct WorkloadKind: Sendable {
    /// How a changed template reaches the server.
    public enum WriteMethod: Hashable, Sendable {
        /// Strategic merge patches of the template; JSON patches where only removals are due.
        case patch
        /// Another Job from the object's template; the object itself stays as it is.
        case newRun
        /// The object is deleted and created again, because its template cannot be changed.
        case recreation
        /// Patches that custom resources accept, or `spec.restartAt` where an annotation asks for it.
        case rolloutPatch
    }

    // Every workload in a cache has its kind, some another one as well: one word each instead of a dozen.
    private final class Definition: Sendable {
        let resource: APIResource
        let templatePath: [String]
        let writeMethod: WriteMethod
        let mayBeMissing: Bool

        init(resource: APIResource, templatePath: [String], writeMethod: WriteMethod, mayBeMissing: Bool) {
            self.resource = resource
            self.templatePath = templatePath
            self.writeMethod = writeMethod
            self.mayBeMissing = mayBeMissing
        }
    }

    private let definition: Definition

    /// The word in logs, Events, metrics and alerts, such as `Deployment`.
    public var name: String { definition.resource.kind }
    /// Where its objects are.
    public var resource: APIResource { definition.resource }
    /// The fields that lead from the object to its pod template.
    public var templatePath: [String] { definition.templatePath }
    /// How a changed template reaches the server.
    public var writeMethod: WriteMethod { definition.writeMethod }
    /// Whether most clusters do not have the kind.
    public var mayBeMissing: Bool { definition.mayBeMissing }

    /// Creates a kind; by default it is written by patches and keeps its template in `spec.template`.
    public init(
        _ resource: APIResource, templatePath: [String] = ["spec", "template"], writeMethod: WriteMethod = .patch,
        mayBeMissing: Bool = false
    ) {
        definition = Definition(
            resource: resource, templatePath: templatePath, writeMethod: writeMethod, mayBeMissing: mayBeMissing)
    }

    /// `apps/v1 Deployment`.
    public static let deployment = WorkloadKind(.deployments)
    /// `apps/v1 DaemonSet`.
    public static let daemonSet = WorkloadKind(.daemonSets)
    /// `apps/v1 StatefulSet`.
    public static let statefulSet = WorkloadKind(.statefulSets)
    /// `apps.openshift.io/v1 DeploymentConfig`.
    ///
    /// Served by an aggregated API server with types of its own, so it takes strategic merge patches as built-in kinds do.
    public static let deploymentConfig = WorkloadKind(
        APIResource(group: "apps.openshift.io", version: "v1", plural: "deploymentconfigs", kind: "DeploymentConfig"),
        mayBeMissing: true)
    /// `batch/v1 CronJob`, of which a change starts a run.
    public static let cronJob = WorkloadKind(.cronJobs, templatePath: cronJobTemplate, writeMethod: .newRun)
    /// `batch/v1 CronJob`, whose template is patched for the runs to come.
    public static let cronJobTemplates = WorkloadKind(.cronJobs, templatePath: cronJobTemplate)
    /// `batch/v1 Job`.
    public static let job = WorkloadKind(.jobs, writeMethod: .recreation)
    /// `argoproj.io/v1alpha1 Rollout`.
    public static let rollout = WorkloadKind(
        APIResource(group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout"),
        writeMethod: .rolloutPatch)

    private static let cronJobTemplate = ["spec", "jobTemplate", "spec", "template"]
}

extension WorkloadKind: Hashable, CustomStringConvertible {
    /// Whether both have the same name.
    public static func == (lhs: WorkloadKind, rhs: WorkloadKind) -> Bool { lhs.name == rhs.name }
    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    /// The name.
    public var description: String { name }
}
