import KubeClient
import ReloaderCore
import Testing

@Suite struct WorkloadTests {
    static let deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","generation":7,
         "uid":"0f6e2b1c-9d3a-4c55-8e77-0123456789ab","resourceVersion":"1234",
         "annotations":{"reloader.stakater.com/auto":"true","deployment.kubernetes.io/revision":"3",
           "kubectl.kubernetes.io/last-applied-configuration":"{}","custom/key":"v"}},
         "spec":{"replicas":2,"paused":true,"selector":{"matchLabels":{"app":"web"}},
          "template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:00Z","team":"x"},
            "labels":{"app":"web"}},
           "spec":{
            "initContainers":[{"name":"init","image":"i","envFrom":[{"prefix":"P_","configMapRef":{"name":"init-env","optional":true}}],
              "volumeMounts":[{"name":"projected","mountPath":"/p"}]}],
            "containers":[
             {"name":"app","image":"i",
              "env":[{"name":"PLAIN","value":"x"},
                     {"name":"STAKATER_A_CONFIGMAP","value":"abc"},
                     {"name":"A","valueFrom":{"configMapKeyRef":{"name":"env-cm","key":"k"}}},
                     {"name":"B","valueFrom":{"secretKeyRef":{"name":"env-secret","key":"k"}}},
                     {"name":"C","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},
                     {"name":"D","valueFrom":{"configMapKeyRef":{"name":"env-cm","key":"other"}}},
                     {"value":"def","name":"STAKATER_B_SECRET"}],
              "envFrom":[{"secretRef":{"name":"from-secret"}}],
              "volumeMounts":[{"mountPath":"/c","name":"cm","subPath":"x"},{"name":"scratch","mountPath":"/s"}]},
             {"name":"sidecar","volumeMounts":[{"name":"csi","mountPath":"/csi"},{"name":"secret","mountPath":"/x"}]}],
            "ephemeralContainers":[{"name":"debug","envFrom":[{"secretRef":{"name":"not-counted"}}]}],
            "imagePullSecrets":[{"name":"not-counted"}],
            "volumes":[
             {"name":"cm","configMap":{"name":"vol-cm","items":[]}},
             {"name":"scratch","emptyDir":{}},
             {"name":"secret","secret":{"secretName":"vol-secret","optional":false}},
             {"name":"projected","projected":{"sources":[{"configMap":{"name":"proj-cm"}},{"secret":{"name":"proj-secret"}},
               {"serviceAccountToken":{"path":"t"}},{"downwardAPI":{}}]}},
             {"name":"csi","csi":{"driver":"secrets-store.csi.k8s.io","volumeAttributes":{"secretProviderClass":"spc"},
               "nodePublishSecretRef":{"name":"not-counted"}}},
             {"name":"unmounted","configMap":{"name":"nobody"}},
             {"name":"other","azureFile":{"secretName":"not-counted"}}]}}},
         "status":{"observedGeneration":7}}
        """

    @Test("keeps what the policy and the plan read, and nothing else")
    func projection() throws {
        let object = try decode(DeploymentResource.self, Self.deployment)
        let workload = object.workload
        #expect(workload.key == WorkloadKey(.deployment, ObjectKey(namespace: "shop", name: "web")))
        #expect(object.id == workload.key.object)
        #expect(workload.uid == "0f6e2b1c-9d3a-4c55-8e77-0123456789ab")
        #expect(workload.resourceVersion.rawValue == "1234")
        #expect(workload.generation == 7)
        #expect(workload.isPaused)
        #expect(workload.annotations == ["reloader.stakater.com/auto": "true", "custom/key": "v"])
        #expect(
            workload.template
                == PodTemplate(
                    annotations: ["team": "x"],
                    containers: [
                        .init(
                            "app",
                            markers: [
                                .init("STAKATER_A_CONFIGMAP", value: "abc", index: 1),
                                .init("STAKATER_B_SECRET", value: "def", index: 6),
                            ],
                            environmentReferences: [
                                ConfigName(.configMap, "env-cm"), ConfigName(.secret, "env-secret"),
                                ConfigName(.secret, "from-secret"),
                            ], mounts: ["cm"]),
                        .init("sidecar", mounts: ["csi", "secret"]),
                    ],
                    initContainers: [
                        .init(
                            "init", environmentReferences: [ConfigName(.configMap, "init-env")], mounts: ["projected"])
                    ],
                    volumes: [
                        .init("cm", references: [ConfigName(.configMap, "vol-cm")]),
                        .init("secret", references: [ConfigName(.secret, "vol-secret")]),
                        .init(
                            "projected",
                            references: [ConfigName(.configMap, "proj-cm"), ConfigName(.secret, "proj-secret")]),
                        .init("csi", references: [ConfigName(.secretProviderClass, "spc")]),
                        .init("unmounted", references: [ConfigName(.configMap, "nobody")]),
                    ]))
        #expect("\(workload)" == "Deployment shop/web@1234")
    }

    @Test("uses what is mounted or in an environment")
    func references() throws {
        let template = try decode(DeploymentResource.self, Self.deployment).workload.template
        #expect(
            template.references.configs == [
                ConfigName(.configMap, "env-cm"), ConfigName(.secret, "env-secret"), ConfigName(.secret, "from-secret"),
                ConfigName(.configMap, "init-env"), ConfigName(.configMap, "vol-cm"), ConfigName(.secret, "vol-secret"),
                ConfigName(.configMap, "proj-cm"), ConfigName(.secret, "proj-secret"),
                ConfigName(.secretProviderClass, "spc"),
            ])
    }

    @Test("StatefulSets and DaemonSets read the same way")
    func kinds() throws {
        #expect(try decode(StatefulSetResource.self, Self.deployment).workload.kind == .statefulSet)
        #expect(try decode(DaemonSetResource.self, Self.deployment).workload.template.containers.count == 2)
        #expect(StatefulSetResource.apiResource == .statefulSets)
        #expect(DaemonSetResource.apiResource == .daemonSets)
        #expect(WorkloadKind.statefulSet.name == "StatefulSet")
        #expect(Set([WorkloadKind.deployment, .daemonSet, .statefulSet]).count == 3)
    }

    @Test("a template may lie deeper in the object")
    func deeper() throws {
        struct Deep: KubeDecodable {
            let workload: Workload
            init(from reader: inout JSONReader) throws(JSONError) {
                let kind = WorkloadKind(.cronJobs, templatePath: ["spec", "jobTemplate", "spec", "template"])
                workload = try Workload(kind, from: &reader)
            }
        }
        let workload = try decode(
            Deep.self,
            """
            {"metadata":{"name":"job","namespace":"ns"},"spec":{"schedule":"* * * * *","jobTemplate":{"metadata":{"annotations":{"a":"b"}},
             "spec":{"template":{"metadata":{"annotations":{"c":"d"}},"spec":{"containers":[{"name":"x"}]}}}}}}
            """
        ).workload
        #expect(workload.kind.name == "CronJob")
        #expect(workload.annotations.isEmpty)
        #expect(workload.template == PodTemplate(annotations: ["c": "d"], containers: [.init("x")]))
    }

    /// A Job as kube-apiserver 1.36 sends it, shortened, with places for its owners and conditions.
    private func job(owners: String = "[]", conditions: String = "[]") throws -> Workload {
        try decode(
            WorkloadResource<JobSource>.self,
            """
            {"kind":"Job","apiVersion":"batch/v1","metadata":{"name":"once","namespace":"ns","uid":"u","ownerReferences":\(owners)},
             "spec":{"parallelism":1,"suspend":false,"template":{"metadata":{"labels":{"job-name":"once"}},
              "spec":{"containers":[{"name":"app"}],"restartPolicy":"Never"}}},
             "status":{"conditions":\(conditions),"startTime":"2026-11-22T10:05:42Z","succeeded":1}}
            """
        ).workload
    }

    @Test(
        "a Job has ended when it is complete or failed",
        arguments: [
            (#"[{"type":"SuccessCriteriaMet","status":"True"},{"type":"Complete","status":"True"}]"#, true),
            (#"[{"type":"Failed","status":"True","lastProbeTime":null}]"#, true),
            (#"[{"type":"Complete","status":"False"}]"#, false), (#"[{"type":"Suspended","status":"True"}]"#, false),
            ("[]", false), (#"[7,{"type":true}]"#, false),
        ])
    func finished(conditions: String, isFinished: Bool) throws {
        #expect(try job(conditions: conditions).isFinished == isFinished)
    }

    @Test(
        "a Job's owners say whether a CronJob made it",
        arguments: [
            (#"[{"apiVersion":"batch/v1","kind":"CronJob","name":"c","uid":"u","controller":true}]"#, true),
            (#"[{"apiVersion":"batch/v1beta1","kind":"CronJob","name":"c","uid":"u"}]"#, true),
            (#"[{"apiVersion":"x/v1","kind":"Other"},{"apiVersion":"batch/v1","kind":"CronJob"}]"#, true),
            (#"[{"apiVersion":"argoproj.io/v1alpha1","kind":"CronJob"}]"#, false), ("[]", false), ("null", false),
        ])
    func owners(owners: String, isOwned: Bool) throws {
        #expect(try job(owners: owners).isOwnedByCronJob == isOwned)
    }

    @Test func `a CronJob is suspended by its own word, not by that of the Jobs that it makes`() throws {
        for (own, inner) in [("true", "false"), ("false", "true")] {
            let workload = try decode(
                WorkloadResource<CronJobSource>.self,
                """
                {"metadata":{"name":"c","namespace":"ns"},"spec":{"schedule":"* * * * *","suspend":\(own),
                 "jobTemplate":{"spec":{"suspend":\(inner),"template":{"spec":{"containers":[{"name":"x"}]}}}}}}
                """
            ).workload
            #expect(workload.isSuspended == (own == "true"))
            #expect(workload.template.containers.map(\.name) == ["x"])
        }
    }

    @Test func `kinds say where they are and how they are written`() {
        #expect(CronJobSource.workloadKind.writeMethod == .newRun)
        #expect(CronJobTemplateSource.workloadKind.writeMethod == .patch)
        #expect(CronJobTemplateSource.workloadKind.name == "CronJob")
        #expect(JobSource.workloadKind.writeMethod == .recreation)
        #expect(RolloutSource.workloadKind.resource.qualifiedName == "rollouts.argoproj.io")
        #expect(RolloutSource.workloadKind.name == "Rollout")
    }

    @Test(
        "odd shapes read as missing, so that one object cannot stop a list",
        arguments: [
            "{}", "null", #"{"metadata":null,"spec":null}"#, #"{"metadata":7,"spec":[]}"#,
            #"{"metadata":{"name":1,"annotations":[]},"spec":{"paused":"yes","template":"x"}}"#,
            #"{"spec":{"template":{"metadata":{"annotations":{"a":1}},"spec":{"containers":{},"volumes":[null,1,{"configMap":7}]}}}}"#,
            #"{"spec":{"template":{"spec":{"containers":[null,{"env":[1,{"valueFrom":[]}],"envFrom":"x","volumeMounts":[3]}]}}}}"#,
        ])
    func oddShapes(_ json: String) throws {
        let workload = try decode(DeploymentResource.self, json).workload
        #expect(workload.template.references.configs.isEmpty)
        #expect(!workload.isPaused)
    }
}
