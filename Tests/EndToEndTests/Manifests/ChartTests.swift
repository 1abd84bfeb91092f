import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

@testable import Sandbox

/// The chart against what the upstream chart 2.2.16 makes of the same values, and against what that one gets wrong.
@Suite(.enabled(if: KubeTool.helm.isInstalled, "there is no helm; `make test` fetches one"), .timeLimit(.minutes(3)))
struct ChartTests {
    private static let upstreamValues = "\(Chart.upstream)/values.yaml"

    @Test func `the chart passes helm's own checks`() async throws {
        _ = try await KubeTool.helm.output(["lint", "--strict", Chart.path])
    }

    @Test func `names and selectors are those of the upstream chart, so that an upgrade replaces its objects`()
        async throws
    {
        let objects = try await Chart.render()
        #expect(
            objects.names == [
                "ClusterRole rel-reloader-role", "ClusterRoleBinding rel-reloader-role-binding",
                "Deployment rel-reloader", "Role rel-reloader-metadata-role",
                "RoleBinding rel-reloader-metadata-role-binding", "ServiceAccount rel-reloader",
            ])
        let deployment = try #require(objects.first("Deployment"))
        #expect(deployment.namespace == "ops")
        #expect(
            deployment.json.at("spec", "selector", "matchLabels")?.texts == ["app": "rel-reloader", "release": "rel"])
        let labels = ["app", "release", "heritage", "chart", "helm.sh/chart", "app.kubernetes.io/name", "provider"]
        for label in labels { #expect(deployment.labels[label] != nil, "\(label)") }
        #expect(objects.container?.at("name")?.string == "rel-reloader")
        #expect(objects.arguments == ["--log-level=info"])
        #expect(
            objects.variables == [
                "RELOADER_NAMESPACE": "metadata.namespace", "RELOADER_DEPLOYMENT_NAME": "rel-reloader",
            ])
    }

    @Test func `the upstream values file is taken as it is`() async throws {
        let objects = try await Chart.render(files: [Self.upstreamValues])
        let plain = try await Chart.render()
        #expect(objects.names == plain.names)
        #expect(objects.arguments == plain.arguments)
        #expect(objects.variables == plain.variables)
        // The one thing that must change for the new image.
        #expect(objects.container?.at("image")?.string == "ghcr.io/stakater/reloader:v1.4.21")
        #expect(plain.container?.at("image")?.string == "swift-reloader:0.1.0")
    }

    @Test func `every value that the upstream chart reads is taken, also those that its own file leaves out`()
        async throws
    {
        let monitor = [
            "enabled=true", "interval=30s", "timeout=5s", "scheme=https", "tlsConfig.insecureSkipVerify=true",
            "bearerTokenFile=/token", "namespace=monitoring", "labels.a=b", "annotations.a=b",
            "metricRelabelings[0].action=drop", "relabelings[0].action=drop",
        ]
        let values =
            (monitor + ["targetLabels={app}"]).map { "reloader.serviceMonitor.\($0)" }
            + (monitor + ["bearerTokenSecret.name=s", "podTargetLabels={app}"]).map { "reloader.podMonitor.\($0)" }
            + [
                "namespace=other", "kubernetes.host=h", "image.digest=sha256:\(String(repeating: "a", count: 64))",
                "reloader.legacy.rbac=true", "reloader.deployment.gomaxprocsOverride=2",
                "reloader.deployment.gomemlimitOverride=64MiB", "reloader.deployment.automountServiceAccountToken=true",
                "reloader.serviceAccount.automountServiceAccountToken=true", "reloader.serviceAccount.name=account",
                "reloader.podDisruptionBudget.minAvailable=1",
                "reloader.verticalPodAutoscaler.controlledValues=RequestsOnly",
                "reloader.verticalPodAutoscaler.recommenders[0].name=r", "reloader.netpol.enabled=true",
                "reloader.netpol.from[0].namespaceSelector.matchLabels.a=b",
                "reloader.netpol.to[0].ipBlock.cidr=10.0.0.0/8",
            ]
        let objects = try await Chart.render(values, files: [Self.upstreamValues])
        #expect(objects.first("Deployment")?.namespace == "other")
        let pods = try #require(objects.first("PodMonitor")?.json.at("spec"))
        #expect(pods.at("podTargetLabels")?[0]?.string == "app")
        #expect(pods.at("podMetricsEndpoints")?[0]?.at("bearerTokenSecret", "name")?.string == "s")
        #expect(objects.first("ServiceMonitor")?.namespace == "monitoring")
        #expect(objects.first("ServiceMonitor")?.json.at("spec", "targetLabels")?[0]?.string == "app")
    }

    @Test(
        "as many replicas as are asked for, none if that is wished, one by default",
        arguments: [("null", 1), ("0", 0), ("1", 1), ("2", 2)], [true, false])
    func replicaCount(values: (text: String, count: Int), isHA: Bool) async throws {
        let objects = try await Chart.render([
            "reloader.deployment.replicas=\(values.text)", "reloader.enableHA=\(isHA)",
        ])
        #expect(objects.first("Deployment")?.json.at("spec", "replicas")?.int == values.count)
        #expect(objects.arguments.contains("--enable-ha=true") == (isHA || values.count > 1))
    }

    @Test func `a value that is null is one that is not given`() async throws {
        let values = [
            "pod", "env", "labels", "annotations", "livenessProbe", "readinessProbe", "affinity", "tolerations",
        ].map { "reloader.deployment.\($0)=null" }
        let parts = [
            "service", "podMonitor", "netpol", "custom_annotations", "matchLabels", "volumes", "extraArgs",
            "namespaces", "grafanaDashboard", "podDisruptionBudget",
        ].map { "reloader.\($0)=null" }
        let (objects, plain) = (try await Chart.render(values + parts), try await Chart.render())
        #expect(objects.names == plain.names)
        #expect(objects.container == plain.container)
    }

    @Test(
        "a value becomes the flags that it always was",
        arguments: [
            (["reloader.autoReloadAll=true"], ["--auto-reload-all=true"]),
            (["reloader.isArgoRollouts=true"], ["--is-Argo-Rollouts=true"]),
            (["reloader.ignoreSecrets=true"], ["--resources-to-ignore=secrets"]),
            (["reloader.ignoreConfigMaps=true"], ["--resources-to-ignore=configmaps"]),
            (["reloader.ignoreJobs=true"], ["--ignored-workload-types=jobs"]),
            (["reloader.ignoreCronJobs=true"], ["--ignored-workload-types=cronjobs"]),
            (
                ["reloader.ignoreJobs=true", "reloader.ignoreCronJobs=true"],
                ["--ignored-workload-types=jobs,cronjobs"]
            ),
            (["reloader.reloadOnCreate=true"], ["--reload-on-create=true"]),
            (["reloader.reloadOnDelete=true"], ["--reload-on-delete=true"]),
            (["reloader.syncAfterRestart=true"], ["--sync-after-restart=true"]),
            (["reloader.reloadStrategy=annotations"], ["--reload-strategy=annotations"]),
            (["reloader.reloadStrategy=default"], []),
            (["reloader.ignoreNamespaces=a\\,b"], ["--namespaces-to-ignore=a,b"]),
            (["reloader.namespaceSelector=a=b\\,c"], [#"--namespace-selector="a=b,c""#]),
            (["reloader.resourceLabelSelector=a=b"], ["--resource-label-selector=a=b"]),
            (["reloader.logFormat=json"], ["--log-format=json"]),
            (["reloader.watchGlobally=false", "reloader.namespaces={b,a,ops}"], ["--namespaces=a,b,ops"]),
            (["reloader.watchGlobally=false", "reloader.namespaces=b\\, a"], ["--namespaces=a,b,ops"]),
            (["reloader.watchGlobally=false", "reloader.ignoreNamespaces=a"], []),
            (["reloader.enableHA=true"], ["--enable-ha=true"]),
            (["reloader.enablePProf=true"], ["--enable-pprof", "--pprof-addr=:6060"]),
            (["reloader.enableCSIIntegration=true"], ["--enable-csi-integration=true"]),
            (
                ["reloader.custom_annotations.configmap=my/c", "reloader.custom_annotations.pausePeriod=my/p"],
                ["--configmap-annotation=my/c", "--pause-deployment-annotation=my/p"]
            ),
            (["reloader.webhookUrl=https://hook"], ["--webhook-url=https://hook"]),
            (["reloader.extraArgs={--reload-delay=1s}"], ["--reload-delay=1s"]),
        ])
    func arguments(values: [String], expected: [String]) async throws {
        let objects = try await Chart.render(values)
        #expect(objects.arguments.filter { !$0.hasPrefix("--log-level=") }.sorted() == expected.sorted())
    }

    @Test("the rendered flags are flags of the program", arguments: [true, false])
    func flagsExist(isScoped: Bool) async throws {
        let switches = [
            "autoReloadAll", "isArgoRollouts", "ignoreJobs", "reloadOnCreate", "reloadOnDelete", "syncAfterRestart",
            "enableHA", "enablePProf", "enableCSIIntegration",
        ].map { "reloader.\($0)=true" }
        let keys = [
            "configmap", "secret", "auto", "secret_auto", "configmap_auto", "search", "match", "ignore", "pausePeriod",
            "pauseTime",
        ].map { "reloader.custom_annotations.\($0)=x/\($0)" }
        let scope =
            isScoped
            ? ["reloader.watchGlobally=false", "reloader.namespaces={a}"]
            : ["reloader.namespaceSelector=a=b\\,c", "reloader.ignoreNamespaces=a\\,b"]
        let objects = try await Chart.render(switches + keys + scope)
        // --help after them: they are read first, and a bad one is an error.
        let (exitCode, lines) = try await ReloaderProcess.run(
            objects.arguments + ["--help"], environment: ["POD_NAME": "p", "POD_NAMESPACE": "n"])
        #expect(exitCode == 0, "\(lines.first ?? "")")
    }

    @Test(
        "variables",
        arguments: [
            ("reloader.enableHA=true", "POD_NAME", "metadata.name"),
            ("reloader.enableHA=true", "POD_NAMESPACE", "metadata.namespace"),
            ("reloader.watchGlobally=false", "KUBERNETES_NAMESPACE", "metadata.namespace"),
            ("reloader.enableMetricsByNamespace=true", "METRICS_COUNT_BY_NAMESPACE", "enabled"),
            ("reloader.deployment.env.open.ALERT_SINK=slack", "ALERT_SINK", "slack"),
            (
                "reloader.deployment.env.secret.ALERT_WEBHOOK_PROXY=p", "ALERT_WEBHOOK_PROXY",
                "rel-reloader/ALERT_WEBHOOK_PROXY"
            ),
            ("reloader.deployment.env.field.POD_IP=status.podIP", "POD_IP", "status.podIP"),
            ("reloader.deployment.env.existing.other.ALERT_SINK=key", "ALERT_SINK", "other/key"),
        ])
    func variables(value: String, name: String, expected: String) async throws {
        let objects = try await Chart.render([value])
        #expect(objects.variables[name] == expected)
        if expected.hasPrefix("rel-reloader/") {
            #expect(objects.first("Secret", "rel-reloader")?.json.at("data", name)?.string == "cA==")
        }
    }

    @Test(
        "the image",
        arguments: [
            (["image.tag=v9"], "swift-reloader:v9"), (["image.tag=9"], "swift-reloader:9"),
            (
                ["image.repository=r.example/reloader", "image.digest=sha256:\(String(repeating: "a", count: 64))"],
                "r.example/reloader@sha256:\(String(repeating: "a", count: 64))"
            ),
            (
                [
                    "global.imageRegistry=r.example", "image.tag=v9",
                    "image.digest=sha256:\(String(repeating: "a", count: 64))",
                ],
                "r.example/swift-reloader:v9"
            ),
        ])
    func image(values: [String], expected: String) async throws {
        #expect(try await Chart.render(values).container?.at("image")?.string == expected)
    }

    @Test(
        "the root file system is read-only unless the container's security context says otherwise, and always with the switch",
        arguments: [
            ([], true, false),
            (["reloader.readOnlyRootFileSystem=true"], true, true),
            (["reloader.deployment.containerSecurityContext.readOnlyRootFilesystem=false"], false, false),
            (
                [
                    "reloader.readOnlyRootFileSystem=true",
                    "reloader.deployment.containerSecurityContext.readOnlyRootFilesystem=false",
                ], true, true
            ),
            (
                ["reloader.deployment.containerSecurityContext=null", "reloader.readOnlyRootFileSystem=true"], true,
                true
            ),
            (["reloader.deployment.containerSecurityContext=null"], nil, false),
        ] as [([String], Bool?, Bool)])
    func rootFileSystem(values: [String], isReadOnly: Bool?, hasFolder: Bool) async throws {
        let objects = try await Chart.render(values)
        #expect(objects.container?.at("securityContext", "readOnlyRootFilesystem")?.bool == isReadOnly)
        #expect(objects.container?.at("volumeMounts")?[0]?.at("mountPath")?.string == (hasFolder ? "/tmp/" : nil))
        #expect((objects.pod?.at("spec", "volumes") != nil) == hasFolder)
    }

    @Test func `what the pod is told reaches it`() async throws {
        let objects = try await Chart.render([
            "reloader.deployment.runtimeClassName=gvisor", "reloader.deployment.schedulerName=mine",
            "reloader.deployment.priorityClassName=high", "reloader.deployment.hostUsers=false",
            "reloader.deployment.nodeSelector.disk=ssd", "reloader.deployment.automountServiceAccountToken=false",
            "reloader.deployment.labels.team=a", "reloader.deployment.pod.annotations.note=b",
            "reloader.matchLabels.extra=c", "global.imagePullSecrets={one}",
            "reloader.deployment.resources.limits.memory=64Mi",
            "reloader.volumes[0].name=v", "reloader.deployment.livenessProbe.periodSeconds=3",
            "reloader.service.port=80",
        ])
        let spec = try #require(objects.pod?.at("spec"))
        #expect(spec.at("runtimeClassName")?.string == "gvisor")
        #expect(spec.at("schedulerName")?.string == "mine")
        #expect(spec.at("priorityClassName")?.string == "high")
        #expect(spec.at("hostUsers")?.bool == false)
        #expect(spec.at("automountServiceAccountToken")?.bool == false)
        #expect(spec.at("nodeSelector", "disk")?.string == "ssd")
        #expect(spec.at("imagePullSecrets")?[0]?.at("name")?.string == "one")
        #expect(spec.at("volumes")?[0]?.at("name")?.string == "v")
        #expect(objects.container?.at("resources", "limits", "memory")?.string == "64Mi")
        #expect(objects.container?.at("livenessProbe", "periodSeconds")?.int == 3)
        #expect(objects.container?.at("livenessProbe", "httpGet", "path")?.string == "/live")
        #expect(objects.container?.at("readinessProbe", "httpGet", "path")?.string == "/ready")
        let labels = objects.pod?.at("metadata", "labels")?.texts ?? [:]
        #expect(labels["team"] == "a" && labels["extra"] == "c")
        #expect(objects.pod?.at("metadata", "annotations", "note")?.string == "b")
        let selector = objects.first("Deployment")?.json.at("spec", "selector", "matchLabels")?.texts
        #expect(selector == ["app": "rel-reloader", "release": "rel", "extra": "c"])
        // Not by the pods' generic labels, which others may carry.
        #expect(objects.first("Service")?.json.at("spec", "selector")?.texts == selector)
    }

    @Test func `the Service is there when asked for`() async throws {
        #expect(try await Chart.render().first("Service") == nil)
        let objects = try await Chart.render([
            "reloader.service.port=1234", "reloader.service.labels.a=b", "reloader.service.annotations.c=d",
            "reloader.service.ipFamilyPolicy=RequireDualStack", "reloader.service.ipFamilies={IPv4,IPv6}",
        ])
        let service = try #require(objects.first("Service", "rel-reloader"))
        let port = try #require(service.json.at("spec", "ports")?[0])
        #expect(port.at("name")?.string == "http")
        #expect(port.at("port")?.int == 1234)
        #expect(port.at("targetPort")?.string == "http")
        #expect(service.labels["a"] == "b")
        #expect(service.annotations["c"] == "d")
        #expect(service.json.at("spec", "ipFamilyPolicy")?.string == "RequireDualStack")
        #expect(service.json.at("spec", "ipFamilies")?.elements.count == 2)
    }

    @Test(
        "several replicas elect a leader, however they are asked for",
        arguments: [
            ["reloader.enableHA=true", "reloader.deployment.replicas=2"], ["reloader.deployment.replicas=2"],
        ])
    func replicas(values: [String]) async throws {
        let objects = try await Chart.render(values)
        #expect(objects.first("Deployment")?.json.at("spec", "replicas")?.int == 2)
        #expect(objects.arguments.contains("--enable-ha=true"))
        #expect(objects.variables["POD_NAME"] != nil)
        #expect(objects.pod?.at("spec", "affinity", "podAntiAffinity") != nil)
        let rules = objects.first("Role", "rel-reloader-metadata-role")?.json.at("rules")?.elements ?? []
        #expect(rules.contains { $0.at("resources")?[0]?.string == "leases" })
    }

    @Test func `a replica alone never works beside its successor`() async throws {
        let strategy = try await Chart.render().first("Deployment")?.json.at("spec", "strategy", "rollingUpdate")
        #expect(strategy?.at("maxSurge")?.int == 0)
    }

    @Test func `scoped rights are one Role in each namespace, and heed what is ignored`() async throws {
        let objects = try await Chart.render([
            "reloader.watchGlobally=false", "reloader.namespaces={b,a,2024}", "reloader.ignoreJobs=true",
            "reloader.ignoreCronJobs=true", "reloader.ignoreSecrets=true",
        ])
        #expect(!objects.contains { $0.kind.hasPrefix("Cluster") })
        let roles = objects.filter { $0.kind == "Role" && $0.name == "rel-reloader-role" }
        // Also one whose name looks like a number.
        #expect(roles.map(\.namespace) == ["2024", "a", "b", "ops"])
        for role in roles {
            let resources = (role.json.at("rules")?.elements ?? []).flatMap { $0.at("resources")?.elements ?? [] }
            #expect(!resources.contains(.string("cronjobs")) && !resources.contains(.string("secrets")))
            #expect(!resources.contains(.string("jobs")))
        }
    }

    @Test func `rights for kinds that the cluster lacks do not depend on the moment of rendering`() async throws {
        let objects = try await Chart.render(["reloader.isArgoRollouts=true", "reloader.isOpenshift=true"], apis: [])
        let groups = (objects.first("ClusterRole")?.json.at("rules")?.elements ?? []).compactMap {
            $0.at("apiGroups")?[0]?.string
        }
        #expect(groups.contains("argoproj.io") && groups.contains("apps.openshift.io"))
    }

    @Test func `the network policy lets out DNS and the API server`() async throws {
        let objects = try await Chart.render(["reloader.netpol.enabled=true"])
        let egress = objects.first("NetworkPolicy")?.json.at("spec", "egress")?.elements ?? []
        let ports = egress.flatMap { $0.at("ports")?.elements ?? [] }.compactMap { $0.at("port")?.int }
        #expect(Set(ports) == [53, 443, 6443])
    }

    @Test func `monitors come with their API only`() async throws {
        let values = ["podMonitor", "serviceMonitor", "prometheusRule", "verticalPodAutoscaler"].map {
            "reloader.\($0).enabled=true"
        }
        let kinds = ["PodMonitor", "ServiceMonitor", "PrometheusRule", "VerticalPodAutoscaler"]
        let with = try await Chart.render(values + ["reloader.podMonitor.interval=30s"])
        for kind in kinds { #expect(with.first(kind, "rel-reloader") != nil, "\(kind)") }
        let endpoint = with.first("PodMonitor")?.json.at("spec", "podMetricsEndpoints")?[0]
        #expect(endpoint?.at("port")?.string == "http")
        #expect(endpoint?.at("interval")?.string == "30s")
        #expect(endpoint?.at("honorLabels")?.bool == true)
        let without = try await Chart.render(values, apis: [])
        for kind in kinds { #expect(without.first(kind) == nil, "\(kind)") }
    }

    @Test(
        "the disruption budget prefers maxUnavailable",
        arguments: [
            (["maxUnavailable=50%", "minAvailable=1"], "maxUnavailable"), (["minAvailable=1"], "minAvailable"),
            ([], "maxUnavailable"),
        ])
    func disruptionBudget(values: [String], expected: String) async throws {
        let objects = try await Chart.render((values + ["enabled=true"]).map { "reloader.podDisruptionBudget.\($0)" })
        let spec = try #require(objects.first("PodDisruptionBudget")?.json.at("spec"))
        #expect(spec.object?.members.map(\.name).sorted() == [expected, "selector"].sorted())
    }

    @Test(
        "values that cannot work are refused, and the message says which",
        arguments: [
            (["reloader.ignoreSecrets=true", "reloader.ignoreConfigMaps=true"], "nothing would be left"),
            (["reloader.namespaces={a}"], "watchGlobally"),
            (["reloader.reloadStrategy=both"], "reloadStrategy"),
            (["reloader.service.port=80", "reloader.service.ipFamilyPolicy=Both"], "ipFamilyPolicy"),
            (
                ["reloader.service.ipFamilyPolicy=SingleStack", "reloader.service.ipFamilies={IPv4,IPv6}"],
                "ipFamilies"
            ),
            (["reloader.enableHA=yes"], "enableHA"),
        ])
    func refused(values: [String], word: String) async throws {
        let failure = await #expect(throws: KubeTool.Failure.self) { _ = try await Chart.render(values) }
        #expect(failure?.description.contains(word) == true, "\(failure?.description ?? "")")
    }

    @Test func `helm replaces an upstream installation in place, and goes back`() async throws {
        let server = Installation.server()
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                func helm(_ arguments: String...) async throws {
                    _ = try await KubeTool.helm.output(arguments + ["--kubeconfig", path, "--namespace", "ops"])
                }
                let key = ObjectKey(namespace: "ops", name: "rel-reloader")
                func deployment() throws -> Manifest { Manifest(json: try server.get(.deployments, key)) }

                try await helm("install", "rel", Chart.upstream, "--create-namespace")
                let old = try deployment()
                try await helm(
                    "upgrade", "rel", Chart.path, "--values", Self.upstreamValues, "--set",
                    "image.repository=swift-reloader,image.tag=1,reloader.enableHA=true,reloader.deployment.replicas=2")
                let new = try deployment()
                #expect(new.uid == old.uid)
                #expect(new.container?.at("image")?.string == "swift-reloader:1")
                #expect(new.json.at("spec", "replicas")?.int == 2)
                // Without an election another strategy is wanted, which must not leave parts of the former one.
                try await helm("upgrade", "rel", Chart.path, "--set", "image.tag=2")
                #expect(try deployment().json.at("spec", "strategy", "rollingUpdate", "maxSurge")?.int == 0)
                try await helm("rollback", "rel", "1")
                let back = try deployment()
                #expect(back.uid == old.uid)
                #expect(back.container?.at("image") == old.container?.at("image"))
                #expect(back.container?.at("args") == old.container?.at("args"))

                try await helm("uninstall", "rel")
                #expect(server.find(.deployments, key) == nil)
                #expect(try server.list(.secrets).isEmpty)
            }
        }
    }
}
