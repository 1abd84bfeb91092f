import TestSupport
import Testing

@testable import KubeClient

@Suite(.timeLimit(.minutes(1))) struct APICatalogueTests {
    private func client(_ transport: any Transport, clock: any Clock<Duration> = StoppedClock()) -> KubeClient {
        KubeClient(
            transport: transport, clock: clock, logger: .silent)
    }

    /// A server that knows the classic documents only.
    private func classic() -> ClosureTransport {
        ClosureTransport { (request, receiver) throws(KubeError) in
            switch request.path {
            case "/api": try receiver.answer(#"{"kind":"APIVersions","versions":["v1"]}"#)
            case "/apis":
                try receiver.answer(
                    """
                    {"kind":"APIGroupList","groups":[
                    {"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],
                     "preferredVersion":{"groupVersion":"apps/v1","version":"v1"}},
                    {"name":"autoscaling","versions":[{"version":"v1"},{"version":"v2"}],"preferredVersion":{"version":"v2"}},
                    {"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}],"preferredVersion":{"version":"v1beta1"}}]}
                    """)
            case "/api/v1":
                try receiver.answer(
                    """
                    {"kind":"APIResourceList","groupVersion":"v1","resources":[
                    {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"],"shortNames":["po"],"categories":["all"]},
                    {"name":"pods/eviction","singularName":"","namespaced":true,"group":"policy","version":"v1","kind":"Eviction","verbs":["create"]},
                    {"name":"nodes","singularName":"node","namespaced":false,"kind":"Node","verbs":["get"]}]}
                    """)
            case "/apis/apps/v1":
                try receiver.answer(
                    """
                    {"resources":[{"name":"deployments","singularName":"","namespaced":true,"kind":"Deployment","verbs":["get"],"shortNames":["deploy"]}]}
                    """)
            case "/apis/autoscaling/v1", "/apis/autoscaling/v2":
                try receiver.answer(
                    #"{"resources":[{"name":"horizontalpodautoscalers","namespaced":true,"kind":"HorizontalPodAutoscaler","shortNames":["hpa"]}]}"#
                )
            default:
                try receiver.answer("the server is currently unable", status: 503, type: "text/plain")
            }
        }
    }

    @Test func `classic documents are put together, and one group that is down does not fail the rest`() async throws {
        let transport = classic()
        let catalogue = try await client(transport).discover()
        #expect(
            catalogue.entries.map { "\($0.resource.plural) \($0.resource.apiVersion) \($0.isPreferredVersion)" } == [
                "pods v1 true", "nodes v1 true", "deployments apps/v1 true",
                "horizontalpodautoscalers autoscaling/v2 true", "horizontalpodautoscalers autoscaling/v1 false",
            ])
        #expect(Array(catalogue.failures.keys) == ["metrics.k8s.io/v1beta1"])
        #expect(catalogue.failures.values.first?.isServiceUnavailable == true)
        let pods = try #require(catalogue[.pods])
        #expect(pods.subresources == [.eviction])
        #expect(pods.verbs == ["get", "list"])
        #expect(pods.categories == ["all"])
        #expect(catalogue.resource(named: "nodes")?.isNamespaced == false)
        #expect(transport.requests.map(\.path).prefix(2) == ["/api", "/apis"])
        #expect(transport.requests.count == 7)
    }

    @Test(arguments: [
        ("pods", "pods"), ("po", "pods"), ("Pod", "pods"), ("pod", "pods"), ("pods.v1", "pods"),
        ("deploy", "deployments.apps"), ("deployments.apps", "deployments.apps"),
        ("Deployment.v1.apps", "deployments.apps"), ("hpa", "horizontalpodautoscalers.autoscaling"),
    ])
    func `people's names lead to resources`(name: String, expected: String) async throws {
        #expect(try await client(classic()).discover().resource(named: name)?.qualifiedName == expected)
    }

    @Test(arguments: ["", "nothing", "deployments.extensions", "deployments.v2.apps", "."])
    func `other names lead nowhere`(name: String) async throws {
        #expect(try await client(classic()).discover().resource(named: name) == nil)
    }

    @Test func `an object says which resource it is of`() async throws {
        let catalogue = try await client(classic()).discover()
        #expect(catalogue.resource(kind: "Deployment", apiVersion: "apps/v1") == .deployments)
        #expect(
            catalogue.resource(kind: "HorizontalPodAutoscaler", apiVersion: "autoscaling/v1")?.version == "v1")
        #expect(catalogue.resource(named: "hpa")?.version == "v2")
        #expect(catalogue.resource(kind: "Deployment", apiVersion: "v1") == nil)
    }

    @Test(.enabled(if: RecordedExchanges.areAvailable, RecordedExchanges.absence))
    func `the aggregated document of a real server costs two requests, and says what the classic ones say`()
        async throws
    {
        func body(_ name: String, _ step: Int = 0) throws -> String {
            try #require(try RecordedExchanges.steps(name)[step].body)
        }
        let (core, groups) = (try body("discovery/aggregated-api"), try body("discovery/aggregated-apis"))
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            try receiver.answer(
                request.path == "/api" ? core : groups,
                type: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        }
        let catalogue = try await client(transport).discover()
        #expect(transport.requests.count == 2)
        #expect(
            transport.requests.allSatisfy {
                $0.headers.contains {
                    $0.name == "Accept" && $0.value.hasPrefix("application/json;g=apidiscovery.k8s.io;v=v2;as=")
                }
            })
        #expect(catalogue.failures.isEmpty)
        #expect(catalogue.resource(named: "cm") == .configMaps)
        #expect(catalogue.resource(named: "deploy") == .deployments)
        #expect(catalogue.resource(named: "leases") == .leases)
        #expect(catalogue.resource(named: "events") == .events, "the core group comes first")
        #expect(catalogue[.deployments]?.subresources.contains(.scale) == true)
        for (name, apiVersion) in [
            ("resources-core-v1", "v1"), ("resources-apps-v1", "apps/v1"), ("resources-batch-v1", "batch/v1"),
        ] {
            let text = Array(try body("discovery/\(name)").utf8)
            let classic = try unsafe decode(DiscoveryDocument.self, from: text.span.bytes).entries
            let aggregated = catalogue.entries.filter { $0.resource.apiVersion == apiVersion }
            #expect(!classic.isEmpty)
            #expect(Set(classic.map(\.resource.plural)) == Set(aggregated.map(\.resource.plural)))
            for entry in classic {
                let other = try #require(aggregated.first { $0.resource.plural == entry.resource.plural })
                #expect(other.resource.kind == entry.resource.kind)
                #expect(other.resource.isNamespaced == entry.resource.isNamespaced)
                #expect(Set(other.verbs) == Set(entry.verbs))
                #expect(other.shortNames == entry.shortNames)
                #expect(Set(other.subresources) == Set(entry.subresources))
            }
        }
    }

    @Test func `a stale group is kept, and named`() async throws {
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            try receiver.answer(
                #"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"g"},"versions":[{"version":"v1","freshness":"Stale"}]}]}"#
            )
        }
        let catalogue = try await client(transport).discover()
        #expect(catalogue.failures.keys.contains("g/v1"))
    }

    @Test func `a catalogue is kept until it is too old`() async throws {
        let (transport, clock) = (classic(), StoppedClock())
        let client = client(transport, clock: clock)
        _ = try await client.discover()
        let first = transport.requests.count
        clock.advance(by: .seconds(599))
        _ = try await client.discover()
        #expect(transport.requests.count == first)
        clock.advance(by: .seconds(1))
        _ = try await client.discover()
        #expect(transport.requests.count == 2 * first)
        _ = try await client.discover(maxAge: .zero)
        #expect(transport.requests.count == 3 * first)
    }

    @Test func `a server that answers nothing is an error, and asked again the next time`() async throws {
        let transport = ScriptedTransport(.json(403, #"{"kind":"Status","status":"Failure","code":403}"#))
        let client = client(transport)
        await #expect {
            try await client.discover()
        } throws: {
            ($0 as? KubeError)?.isForbidden == true && "\($0)".contains("discover /api")
        }
        await #expect(throws: KubeError.self) { try await client.discover() }
        #expect(transport.requests.count == 2)
    }
}
