import KubeClient

// Numbers: apps/v1, batch/v1, core/v1 and meta/v1. Only what ``Workload`` and ``PodTemplate`` read.
extension ProtobufMessage {
    /// The objects of a built-in resource that has pod templates; nil for any other.
    static func workload(_ resource: APIResource) -> ProtobufMessage? {
        switch resource {
        case .deployments: deployment
        case .statefulSets: statefulSet
        case .daemonSets: daemonSet
        case .cronJobs: cronJob
        case .jobs: job
        default: nil
        }
    }

    private static let deployment = workload(
        spec: ProtobufMessage(.init(3, "template", .message(podTemplate)), .init(7, "paused", .bool)))
    private static let statefulSet = workload(spec: ProtobufMessage(.init(3, "template", .message(podTemplate))))
    private static let daemonSet = workload(spec: ProtobufMessage(.init(2, "template", .message(podTemplate))))
    private static let cronJob = workload(
        spec: ProtobufMessage(
            .init(4, "suspend", .pointer(.bool)),
            .init(5, "jobTemplate", .message(ProtobufMessage(.init(2, "spec", .message(jobSpec)))))))
    private static let job = ProtobufMessage(
        .init(1, "metadata", .message(workloadMeta)),
        .init(2, "spec", .message(jobSpec)),
        .init(3, "status", .message(ProtobufMessage(.init(1, "conditions", .list(.message(condition)))))))

    private static func workload(spec: ProtobufMessage) -> ProtobufMessage {
        ProtobufMessage(.init(1, "metadata", .message(workloadMeta)), .init(2, "spec", .message(spec)))
    }

    private static let workloadMeta = ProtobufMessage(
        .init(1, "name", .string),
        .init(3, "namespace", .string),
        .init(5, "uid", .string),
        .init(6, "resourceVersion", .string),
        .init(7, "generation", .int),
        .init(12, "annotations", .map(.string)),
        .init(13, "ownerReferences", .list(.message(ownerReference))))
    private static let jobSpec = ProtobufMessage(
        .init(6, "template", .message(podTemplate)), .init(10, "suspend", .pointer(.bool)))
    private static let condition = ProtobufMessage(.init(1, "type", .string), .init(2, "status", .string))
}

extension ProtobufMessage {
    private static let podTemplate = ProtobufMessage(
        .init(1, "metadata", .message(ProtobufMessage(.init(12, "annotations", .map(.string))))),
        .init(2, "spec", .message(podSpec)))
    private static let podSpec = ProtobufMessage(
        .init(1, "volumes", .list(.message(volume))),
        .init(2, "containers", .list(.message(container))),
        .init(20, "initContainers", .list(.message(container))))

    private static let container = ProtobufMessage(
        .init(1, "name", .string),
        .init(7, "env", .list(.message(variable))),
        .init(9, "volumeMounts", .list(.message(named))),
        .init(19, "envFrom", .list(.message(variableSource))))
    private static let variable = ProtobufMessage(
        .init(1, "name", .string),
        .init(2, "value", .string),
        .init(
            3, "valueFrom",
            .message(
                ProtobufMessage(
                    .init(3, "configMapKeyRef", .message(referring)), .init(4, "secretKeyRef", .message(referring))))))
    private static let variableSource = ProtobufMessage(
        .init(2, "configMapRef", .message(referring)),
        .init(3, "secretRef", .message(referring)))

    private static let volume = ProtobufMessage(
        .init(1, "name", .string), .init(2, "volumeSource", .inlined(volumeSource)))
    private static let volumeSource = ProtobufMessage(
        .init(6, "secret", .message(ProtobufMessage(.init(1, "secretName", .string)))),
        .init(19, "configMap", .message(referring)),
        .init(26, "projected", .message(ProtobufMessage(.init(1, "sources", .list(.message(projection)))))),
        .init(28, "csi", .message(ProtobufMessage(.init(4, "volumeAttributes", .map(.string))))))
    private static let projection = ProtobufMessage(
        .init(1, "secret", .message(referring)),
        .init(3, "configMap", .message(referring)))

    /// What names something by itself.
    private static let named = ProtobufMessage(.init(1, "name", .string))
    /// What embeds a `LocalObjectReference`.
    private static let referring = ProtobufMessage(.init(1, "localObjectReference", .inlined(named)))
}
