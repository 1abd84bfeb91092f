import ControllerTestKit
import EndToEndSupport
import KubeClient

@testable import Sandbox

/// One way to install Reloader: manifests with rights, arguments and variables.
enum Installation: String, CaseIterable, Sendable, CustomStringConvertible {
    /// The rights of an installation whose image alone was replaced.
    case upstreamChart
    case upstreamManifest
    case demo
    case kustomizeBase
    case kustomizeHA
    case kustomizeNamespaced
    case chart
    case chartHA
    case chartScoped
    case chartSingleNamespace

    var description: String { rawValue }

    /// Whether this machine has what renders it.
    var isAtHand: Bool {
        switch self {
        case .upstreamChart, .upstreamManifest, .demo: true
        case .kustomizeBase, .kustomizeHA, .kustomizeNamespaced: KubeTool.kubectl.isInstalled
        case .chart, .chartHA, .chartScoped, .chartSingleNamespace: KubeTool.helm.isInstalled
        }
    }

    /// Where its workloads are: what it watches.
    var watchedNamespace: String {
        switch self {
        case .kustomizeNamespaced: "reloader"
        case .chartSingleNamespace: "ops"
        case .demo: "reloader-test"
        default: "shop"
        }
    }

    func objects() async throws -> [Manifest] {
        switch self {
        case .upstreamChart:
            try ManifestFile.read("\(Chart.upstream)/templates/all.yaml")
        case .upstreamManifest:
            try ManifestFile.read(repositoryFile("Tests/EndToEndTests/Manifests/upstream-manifest.yaml"))
        case .demo: try ManifestFile.read(repositoryFile("kubernetes/deployment.yaml"))
        case .kustomizeBase: try await Self.kustomize("base")
        case .kustomizeHA: try await Self.kustomize("overlays/ha")
        case .kustomizeNamespaced: try await Self.kustomize("overlays/namespaced")
        case .chart: try await Chart.render(["reloader.namespaceSelector=team"])
        case .chartHA:
            try await Chart.render([
                "reloader.enableHA=true", "reloader.deployment.replicas=2", "reloader.isArgoRollouts=true",
                "reloader.isOpenshift=true", "reloader.enableCSIIntegration=true",
                "reloader.podDisruptionBudget.enabled=true", "reloader.netpol.enabled=true",
                "reloader.podMonitor.enabled=true", "reloader.serviceMonitor.enabled=true",
                "reloader.prometheusRule.enabled=true", "reloader.grafanaDashboard.enabled=true",
                "reloader.verticalPodAutoscaler.enabled=true", "reloader.service.port=9090",
                "reloader.deployment.env.secret.ALERT_SINK=slack",
            ])
        case .chartScoped:
            try await Chart.render([
                "reloader.watchGlobally=false", "reloader.namespaces={shop}", "reloader.enableHA=true",
            ])
        case .chartSingleNamespace: try await Chart.render(["reloader.watchGlobally=false"])
        }
    }

    private static func kustomize(_ folder: String) async throws -> [Manifest] {
        try manifests(await KubeTool.kubectl.output(["kustomize", repositoryFile("kubernetes/kustomize/\(folder)")]))
    }

    /// Whether it has the rights of v1.4.21, and its probes.
    var isUpstream: Bool { self == .upstreamChart || self == .upstreamManifest }

    /// Whether it is meant for OpenShift, among others.
    var isForOpenShift: Bool { self == .chartHA }

    /// A server that has every API that a manifest of these may name; on OpenShift also DeploymentConfigs.
    static func server(isOpenShift: Bool = false) -> TestAPIServer {
        func custom(_ group: String, _ version: String, _ kind: String, _ plural: String) -> APIResource {
            APIResource(group: group, version: version, plural: plural, kind: kind)
        }
        let openShift = custom("apps.openshift.io", "v1", "DeploymentConfig", "deploymentconfigs")
        return TestAPIServer(
            resources: (isOpenShift ? [openShift] : []) + [
                custom("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
                custom(
                    "secrets-store.csi.x-k8s.io", "v1", "SecretProviderClassPodStatus", "secretproviderclasspodstatuses"
                ),
                custom("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass", "secretproviderclasses"),
                custom("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
                custom("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
                custom("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
                custom("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
                custom("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
                custom("autoscaling.k8s.io", "v1", "VerticalPodAutoscaler", "verticalpodautoscalers"),
            ])
    }
}
