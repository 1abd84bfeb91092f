import ControllerTestKit
import KubeClient
import Testing

@Suite("Discovery")
struct DiscoveryTests {
    private let discovery = Discovery(.builtIn)
    private static let recorded = [
        ("discovery/resources-core-v1", "", "v1"), ("discovery/resources-apps-v1", "apps", "v1"),
        ("discovery/resources-batch-v1", "batch", "v1"),
        ("discovery/resources-coordination-v1", "coordination.k8s.io", "v1"),
    ]

    @Test(
        "every resource is described as the real server describes it",
        .enabled(if: Fixtures.areAvailable, Fixtures.reason), arguments: recorded)
    func resources(transcript: String, group: String, version: String) throws {
        let step = try #require(Fixtures.steps(transcript).first)
        let document = try JSONValue.parsed(step.answer ?? "")
        let theirs = (document["resources"]?.elements ?? []).map { goJSON($0) }
        let list = try #require(discovery.resourceList(group: group, version: version))
        for resource in list["resources"]?.elements ?? [] {
            #expect(theirs.contains(goJSON(resource)), "\(goJSON(resource))")
        }
        func heads(_ document: JSONValue) -> JSONValue { document.removing("resources") }
        #expect(goJSON(heads(list)) == goJSON(heads(document)))
    }

    @Test(
        "the aggregated form says the same", .enabled(if: Fixtures.areAvailable, Fixtures.reason),
        arguments: [("discovery/aggregated-apis", false), ("discovery/aggregated-api", true)])
    func aggregated(transcript: String, isCore: Bool) throws {
        let step = try #require(Fixtures.steps(transcript).first)
        let document = try JSONValue.parsed(step.answer ?? "")
        let ours = discovery.aggregated(core: isCore)
        #expect(goJSON(ours.removing("items")) == goJSON(document.removing("items")))
        for group in ours["items"]?.elements ?? [] {
            let theirs = try #require(document["items"]?.elements.first { $0["metadata"] == group["metadata"] })
            let version = try #require(group["versions"]?.elements.first)
            let counterpart = try #require(theirs["versions"]?.elements.first)
            #expect(goJSON(version.removing("resources")) == goJSON(counterpart.removing("resources")))
            for resource in version["resources"]?.elements ?? [] {
                let match = try #require(
                    counterpart["resources"]?.elements.first { $0["resource"] == resource["resource"] })
                #expect(goJSON(resource.removing("subresources")) == goJSON(match.removing("subresources")))
                let parts = (match["subresources"]?.elements ?? []).map { goJSON($0) }
                for part in resource["subresources"]?.elements ?? [] { #expect(parts.contains(goJSON(part))) }
            }
        }
    }

    @Test("the group documents are those of the real server", .enabled(if: Fixtures.areAvailable, Fixtures.reason))
    func groups() throws {
        let one = try #require(Fixtures.steps("discovery/api-group").first?.answer)
        #expect(try discovery.group("apps").map { goJSON($0) } == goJSON(.parsed(one)))
        let core = try #require(Fixtures.steps("discovery/api-versions").first?.answer)
        #expect(try goJSON(discovery.coreVersions(serverAddress: "127.0.0.1:6443")) == goJSON(.parsed(core)))
    }

    @Test("what is not served has no document")
    func absent() {
        #expect(discovery.group("absent.example.com") == nil)
        #expect(discovery.group("") == nil)
        #expect(discovery.resourceList(group: "apps", version: "v1beta1") == nil)
    }

    @Test("a registered custom resource shows up everywhere")
    func custom() throws {
        var registry = KindRegistry.builtIn
        let widgets = APIResource(group: "golden.example.com", version: "v1", plural: "widgets", kind: "Widget")
        registry.register(.custom(widgets, shortNames: ["wi"], hasStatus: true))
        let discovery = Discovery(registry)
        let names = discovery.resourceList(group: "golden.example.com", version: "v1")?["resources"]?.elements
            .compactMap { $0["name"]?.text }
        #expect(names == ["widgets", "widgets/status"])
        #expect(discovery.group("golden.example.com") != nil)
        #expect(
            discovery.groupList()["groups"]?.elements.last?["preferredVersion", "groupVersion"]
                == .string("golden.example.com/v1"))
        #expect(
            discovery.aggregated(core: false)["items"]?.elements.last?["metadata", "name"]
                == .string("golden.example.com"))
    }
}
