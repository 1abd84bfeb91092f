import EndToEndSupport
import KubeClient
import TestSupport
import Testing

/// The shipped binary with the rights of an existing installation.
@Suite(.timeLimit(.minutes(3))) struct ReloaderTests {
    private static let template = """
        {"metadata":{"labels":{"app":"web"}},"spec":{"restartPolicy":"POLICY","containers":[\
        {"name":"app","image":"busybox","envFrom":[{"configMapRef":{"name":"a"}}]}]}}
        """

    private static let twoWrites = ["create events 201", "patch deployments 200"]

    /// A ConfigMap and workloads that use it, with an account beside them.
    private func install(
        at place: Place, granting additional: [ChartRules.Rule] = [], kinds: [APIResource] = [.deployments],
        _ body: @escaping @Sendable (TestBed, Installation) async throws -> Void
    ) async throws {
        try await TestBed.at(place) { bed in
            let labels = #"{"\#(Installation.label)":"\#(bed.namespace)"}"#
            try await bed.create(
                .configMaps, #"{"metadata":{"name":"a","labels":\#(labels)},"data":{"k":"1"}}"#)
            for kind in kinds { try await create(kind, bed) }
            let installation = try await Installation(bed, granting: additional)
            do { try await body(bed, installation) } catch {
                await installation.remove()
                throw error
            }
            await installation.remove()
        }
    }

    private func create(_ kind: APIResource, _ bed: TestBed) async throws {
        let isBatch = kind.group == "batch"
        let template = Self.template.replacing("POLICY", with: isBatch ? "Never" : "Always")
        let spec =
            switch kind {
            case .jobs: #"{"template":\#(template)}"#
            case .cronJobs: #"{"schedule":"0 0 1 1 *","jobTemplate":{"spec":{"template":\#(template)}}}"#
            case .statefulSets:
                #"{"serviceName":"web","selector":{"matchLabels":{"app":"web"}},"template":\#(template)}"#
            default: #"{"selector":{"matchLabels":{"app":"web"}},"template":\#(template)}"#
            }
        try await bed.create(
            kind,
            #"{"metadata":{"name":"web","annotations":{"reloader.stakater.com/auto":"true"}},"spec":\#(spec)}"#)
    }

    private static func marker(_ object: UnstructuredObject) -> JSONValue? {
        object[at: "/spec/template/spec/containers/0/env/0"]
    }

    private func isReloaded(_ bed: TestBed, _ kind: APIResource = .deployments) async throws -> JSONValue? {
        try await Self.marker(bed.first(kind, named: "web") { Self.marker($0)?["value"]?.string?.isEmpty == false })
    }

    private func eventIsThere(_ bed: TestBed, kind: String) async throws -> UnstructuredObject {
        try await bed.first(.events) {
            $0[at: "/involvedObject/kind"]?.string == kind && $0[at: "/reason"]?.string == "Reloaded"
        }
    }

    @Test(arguments: Place.all)
    func `with the chart's rights, one change is one PATCH and one Event`(place: Place) async throws {
        try await install(at: place) { bed, installation in
            try await installation.run { _ in
                let before = try installation.requests?.count
                try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
                let marker = try await isReloaded(bed)
                #expect(marker?["name"] == .string("STAKATER_A_CONFIGMAP"))
                // SHA-1 of k=2, as v1.4.21 makes it.
                #expect(marker?["value"] == .string("e5eb05bb23136deb5962f9004ae449e74f7e0547"))
                let event = try await eventIsThere(bed, kind: "Deployment")
                #expect(event[at: "/involvedObject/name"] == .string("web"))
                let writes = try installation.requests(after: before)?.filter { !$0.hasPrefix("list ") }
                #expect(writes ?? Self.twoWrites == Self.twoWrites)
                try await kubectlSeesIt(bed)
            }
        }
    }

    @Test(arguments: Place.all)
    func `with the right to watch workloads, nothing is listed for a change`(place: Place) async throws {
        try await install(at: place, granting: ChartRules.watchingWorkloads) { bed, installation in
            try await installation.run { _ in
                let before = try installation.requests?.count
                try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
                _ = try await isReloaded(bed)
                _ = try await eventIsThere(bed, kind: "Deployment")
                let requests = try installation.requests(after: before)
                #expect(requests ?? Self.twoWrites == Self.twoWrites)
            }
        }
    }

    @Test(arguments: Place.all, [APIResource.statefulSets, .daemonSets])
    func `every kind of workload is written as its server wants it`(place: Place, kind: APIResource) async throws {
        try await install(at: place, kinds: [kind]) { bed, installation in
            for strategy in ["env-vars", "annotations"] {
                try await installation.run(["--reload-strategy=\(strategy)"]) { _ in
                    try await bed.merge(.configMaps, "a", #"{"data":{"k":"\#(strategy)"}}"#)
                    let isDone: @Sendable (UnstructuredObject) -> Bool = { object in
                        let annotations = object[at: "/spec/template/metadata/annotations"]
                        return strategy == "annotations"
                            ? annotations?["reloader.stakater.com/last-reloaded-from"] != nil
                            : Self.marker(object) != nil
                    }
                    _ = try await bed.first(kind, named: "web", where: isDone)
                }
            }
            _ = try await eventIsThere(bed, kind: kind.kind)
        }
    }

    @Test(arguments: Place.all)
    func `a Job is deleted and created again`(place: Place) async throws {
        try await install(at: place, kinds: [.jobs]) { bed, installation in
            let old = try #require(try await bed.find(.jobs, "web"))
            try await installation.run { _ in
                try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
                let new = try await bed.first(.jobs, named: "web") { $0.uid != old.uid }
                #expect(Self.marker(new)?["name"] == .string("STAKATER_A_CONFIGMAP"))
                _ = try await eventIsThere(bed, kind: "Job")
            }
        }
    }

    @Test(arguments: Place.all)
    func `a CronJob is run once`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            guard try await bed.has(.cronJobs) else {
                try Test.cancel("this server has no batch/v1 CronJob")
            }
        }
        try await install(at: place, kinds: [.cronJobs]) { bed, installation in
            try await installation.run { _ in
                try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
                let job = try await bed.first(.jobs) { _ in true }
                #expect(job[at: "/metadata/ownerReferences/0/name"] == .string("web"))
                #expect(Self.marker(job)?["name"] == .string("STAKATER_A_CONFIGMAP"))
                _ = try await eventIsThere(bed, kind: "CronJob")
                #expect(try await bed.objects(.jobs).list(in: .namespace(bed.namespace)).items.count == 1)
            }
        }
    }

    @Test(arguments: Place.all)
    func `one of two replicas acts, and the other takes over`(place: Place) async throws {
        let lease = ChartRules.Rule(
            group: "coordination.k8s.io", resources: ["leases"], verbs: ["get", "create", "update"])
        try await install(at: place, granting: [lease]) { bed, installation in
            let journal = Journal<String>()
            @Sendable func replica(
                _ name: String, _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
            ) async throws {
                try await installation.run(
                    ["--enable-ha"], environment: ["POD_NAME": name, "POD_NAMESPACE": bed.namespace], body)
            }
            @Sendable func leads(_ process: ReloaderProcess) async {
                _ = await process.line { $0.contains("became leader, starting controllers") }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await replica("first") { process in
                        await leads(process)
                        journal.append("first leads")
                        await journal.wait { $0.contains("first may stop") }
                    }
                }
                await journal.wait { $0.contains("first leads") }
                try await replica("second") { process in
                    _ = await process.line { $0.contains("new leader is first") }
                    try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
                    let marker = try await isReloaded(bed)
                    journal.append("first may stop")
                    await leads(process)
                    try await bed.merge(.configMaps, "a", #"{"data":{"k":"3"}}"#)
                    _ = try await bed.first(.deployments, named: "web") { Self.marker($0) != marker }
                }
                try await group.waitForAll()
            }
            let patches = try installation.requests?.filter { $0.hasPrefix("patch") }
            let expected = Array(repeating: "patch deployments 200", count: 2)
            #expect(patches ?? expected == expected)
            let generation = try await bed.find(.deployments, "web")?[at: "/metadata/generation"]
            #expect(generation?.int == 3)
        }
    }

    /// What the reload looks like to people.
    private func kubectlSeesIt(_ bed: TestBed) async throws {
        guard let kubectl = await Kubectl(bed) else { return }
        let events = try await kubectl.run(["get", "events", "--no-headers"])
        #expect(events.contains("Reloaded"))
        #expect(events.contains("deployment/web"))
        let value = try await kubectl.run([
            "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].env[0].name}",
        ])
        #expect(value == "STAKATER_A_CONFIGMAP")
        let description = try await kubectl.run(["describe", "deployment", "web"])
        #expect(description.contains("STAKATER_A_CONFIGMAP:"))
    }
}
