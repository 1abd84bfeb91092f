import KubeClient

/// A workload of any kind, as the scenarios of the original project's test suite need them.
struct Fixture: Sendable {
    /// The kinds that the scenarios are played with.
    enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
        case deployment = "Deployment"
        case daemonSet = "DaemonSet"
        case statefulSet = "StatefulSet"
        case rollout = "Rollout"
        case deploymentConfig = "DeploymentConfig"
        case cronJob = "CronJob"
        case job = "Job"

        /// ×3 of the original's tables.
        static let three: [Kind] = [.deployment, .daemonSet, .statefulSet]
        /// ×5 of the original's tables.
        static let five: [Kind] = three + [.rollout, .deploymentConfig]

        var description: String { rawValue }

        var resource: APIResource {
            switch self {
            case .deployment: .deployments
            case .daemonSet: .daemonSets
            case .statefulSet: .statefulSets
            case .rollout:
                APIResource(group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout")
            case .deploymentConfig:
                APIResource(
                    group: "apps.openshift.io", version: "v1", plural: "deploymentconfigs", kind: "DeploymentConfig")
            case .cronJob: .cronJobs
            case .job: .jobs
            }
        }
    }

    /// A ConfigMap or Secret by its name, and how the template uses it.
    enum Use: Sendable {
        case configMap(String)
        case secret(String)
        case none
    }

    /// Where the template uses it.
    enum Place: Sendable {
        case envFrom, key, volume, projected
        /// A projected volume of a ConfigMap and a Secret of the same name.
        case mixed
        case initEnvFrom, initVolume
    }

    var kind = Kind.deployment
    var name = "web"
    var namespace = "shop"
    var annotations: [String: String] = [:]
    var templateAnnotations: [String: String] = [:]
    var uses: [(Use, Place)] = []

    var json: String {
        var containers: [(name: String, envFrom: [String], env: [String], mounts: [String])] = [
            ("app", [], [], []), ("init", [], [], []),
        ]
        var volumes: [String] = []
        for (index, (use, place)) in uses.enumerated() {
            let volume = "v\(index)"
            switch (place, use) {
            case (.envFrom, _): containers[0].envFrom.append(Self.envFrom(use))
            case (.initEnvFrom, _): containers[1].envFrom.append(Self.envFrom(use))
            case (.key, .configMap(let name)):
                containers[0].env.append(
                    #"{"name":"K\#(index)","valueFrom":{"configMapKeyRef":{"name":"\#(name)","key":"key"}}}"#)
            case (.key, .secret(let name)):
                containers[0].env.append(
                    #"{"name":"K\#(index)","valueFrom":{"secretKeyRef":{"name":"\#(name)","key":"password"}}}"#)
            case (.volume, _), (.initVolume, _):
                volumes.append(#"{"name":"\#(volume)",\#(Self.volume(use))}"#)
                containers[place == .initVolume ? 1 : 0].mounts.append(volume)
            case (.projected, .configMap(let name)):
                volumes.append(#"{"name":"\#(volume)","projected":{"sources":[{"configMap":{"name":"\#(name)"}}]}}"#)
                containers[0].mounts.append(volume)
            case (.projected, .secret(let name)):
                volumes.append(#"{"name":"\#(volume)","projected":{"sources":[{"secret":{"name":"\#(name)"}}]}}"#)
                containers[0].mounts.append(volume)
            case (.mixed, .configMap(let name)), (.mixed, .secret(let name)):
                volumes.append(
                    #"{"name":"\#(volume)","projected":{"sources":[{"configMap":{"name":"\#(name)"}},"#
                        + #"{"secret":{"name":"\#(name)"}}]}}"#)
                containers[0].mounts.append(volume)
            case (_, .none): break
            }
        }
        let rendered = containers.map { container in
            let mounts = container.mounts.map { #"{"name":"\#($0)","mountPath":"/\#($0)"}"# }
            return
                #"{"name":"\#(container.name)","image":"busybox:1.36","envFrom":[\#(container.envFrom.joined(separator: ","))],"#
                + #""env":[\#(container.env.joined(separator: ","))],"volumeMounts":[\#(mounts.joined(separator: ","))]}"#
        }
        let restart = kind == .cronJob || kind == .job ? #""restartPolicy":"Never","# : ""
        let template = """
            {"metadata":{"labels":{"app":"\(name)"},"annotations":\(Self.object(templateAnnotations))},\
            "spec":{\(restart)"containers":[\(rendered[0])],"initContainers":[\(rendered[1])],\
            "volumes":[\(volumes.joined(separator: ","))]}}
            """
        return """
            {"apiVersion":"\(kind.resource.apiVersion)","kind":"\(kind)","metadata":{"name":"\(name)",\
            "namespace":"\(namespace)","annotations":\(Self.object(annotations))},"spec":\(spec(template))}
            """
    }

    private func spec(_ template: String) -> String {
        switch kind {
        case .deployment, .daemonSet:
            #"{"selector":{"matchLabels":{"app":"\#(name)"}},"template":\#(template)}"#
        case .statefulSet:
            #"{"selector":{"matchLabels":{"app":"\#(name)"}},"serviceName":"x","template":\#(template)}"#
        case .rollout:
            #"{"selector":{"matchLabels":{"app":"\#(name)"}},"strategy":{"canary":{}},"template":\#(template)}"#
        case .deploymentConfig:
            #"{"selector":{"app":"\#(name)"},"triggers":[{"type":"ConfigChange"}],"template":\#(template)}"#
        case .cronJob: #"{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":\#(template)}}}"#
        case .job: #"{"template":\#(template)}"#
        }
    }

    private static func envFrom(_ use: Use) -> String {
        switch use {
        case .configMap(let name): #"{"configMapRef":{"name":"\#(name)"}}"#
        case .secret(let name): #"{"secretRef":{"name":"\#(name)"}}"#
        case .none: "{}"
        }
    }

    private static func volume(_ use: Use) -> String {
        switch use {
        case .configMap(let name): #""configMap":{"name":"\#(name)"}"#
        case .secret(let name): #""secret":{"secretName":"\#(name)"}"#
        case .none: #""emptyDir":{}"#
        }
    }

    private static func object(_ members: [String: String]) -> String {
        JSONValue.object(
            JSONObject(members.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) })
        ).description
    }
}
