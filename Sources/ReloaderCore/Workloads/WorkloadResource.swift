public import KubeClient

/// Says at compile time which kind of workload a ``WorkloadResource`` holds.
public protocol WorkloadSource: Sendable {
    /// The kind.
    static var workloadKind: WorkloadKind { get }
}

/// The source of Deployments.
public enum DeploymentSource: WorkloadSource {
    /// ``WorkloadKind/deployment``.
    public static var workloadKind: WorkloadKind { .deployment }
}

/// The source of DaemonSets.
public enum DaemonSetSource: WorkloadSource {
    /// ``WorkloadKind/daemonSet``.
    public static var workloadKind: WorkloadKind { .daemonSet }
}

/// The source of StatefulSets.
public enum StatefulSetSource: WorkloadSource {
    /// ``WorkloadKind/statefulSet``.
    public static var workloadKind: WorkloadKind { .statefulSet }
}

/// The source of OpenShift's DeploymentConfigs.
public enum DeploymentConfigSource: WorkloadSource {
    /// ``WorkloadKind/deploymentConfig``.
    public static var workloadKind: WorkloadKind { .deploymentConfig }
}

/// The source of CronJobs of which a change starts a run.
public enum CronJobSource: WorkloadSource {
    /// ``WorkloadKind/cronJob``.
    public static var workloadKind: WorkloadKind { .cronJob }
}

/// The source of CronJobs whose template is patched.
public enum CronJobTemplateSource: WorkloadSource {
    /// ``WorkloadKind/cronJobTemplates``.
    public static var workloadKind: WorkloadKind { .cronJobTemplates }
}

/// The source of Jobs.
public enum JobSource: WorkloadSource {
    /// ``WorkloadKind/job``.
    public static var workloadKind: WorkloadKind { .job }
}

/// The source of Argo Rollouts.
public enum RolloutSource: WorkloadSource {
    /// ``WorkloadKind/rollout``.
    public static var workloadKind: WorkloadKind { .rollout }
}

/// A Deployment as clients and informers decode it; use ``WorkloadResource/workload``.
public typealias DeploymentResource = WorkloadResource<DeploymentSource>
/// A DaemonSet as clients and informers decode it; use ``WorkloadResource/workload``.
public typealias DaemonSetResource = WorkloadResource<DaemonSetSource>
/// A StatefulSet as clients and informers decode it; use ``WorkloadResource/workload``.
public typealias StatefulSetResource = WorkloadResource<StatefulSetSource>

/// A ``Workload`` bound to one API resource, so that clients, stores and informers know what to ask for.
public struct WorkloadResource<Source: WorkloadSource>: StaticResource, Hashable {
    /// The workload itself.
    public let workload: Workload

    /// Reads an object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        workload = try Workload(Source.workloadKind, from: &reader)
    }

    /// The table of the kind's fields; none for custom resources.
    public static var protobufMessage: ProtobufMessage? { .workload(Source.workloadKind.resource) }
    /// The resource of the kind.
    public static var apiResource: APIResource { Source.workloadKind.resource }
    /// Namespace and name.
    public var id: ObjectKey { workload.key.object }
    /// The server's identity of this incarnation of the object.
    public var uid: String { workload.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { workload.resourceVersion }
}
