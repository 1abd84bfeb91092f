import KubeClient
import TestSupport
import Testing

@Suite struct DiscoveryTests {
    private func client(_ step: ScriptedTransport.Step) -> (client: KubeClient, transport: ScriptedTransport) {
        let transport = ScriptedTransport(step)
        return (KubeClient(transport: transport, clock: NotingClock(), logger: .silent), transport)
    }

    private static let list =
        #"{"kind":"APIResourceList","groupVersion":"apps/v1","resources":[{"name":"deployments"},"#
        + #"{"name":"deployments/status"}]}"#

    @Test(
        "a resource is served when the document of its group names it",
        arguments: [
            (200, list, APIResource.deployments, true), (200, list, .statefulSets, false),
            (200, "{}", .deployments, false),
            (404, "404 page not found", .deployments, false),
        ] as [(Int, String, APIResource, Bool)])
    func answers(status: Int, body: String, resource: APIResource, isServed: Bool) async throws {
        let (client, transport) = client(.json(status, body))
        #expect(try await client.serves(resource) == isServed)
        #expect(transport.requests.map(\.target) == ["/apis/apps/v1"])
    }

    @Test("the core group has a path of its own")
    func core() async throws {
        let (client, transport) = client(.json(200, #"{"resources":[{"name":"configmaps"}]}"#))
        #expect(try await client.serves(.configMaps))
        #expect(transport.requests.map(\.target) == ["/api/v1"])
    }

    @Test("any other refusal is an error that names what was asked for", arguments: [401, 403, 500])
    func refusals(status: Int) async {
        let (client, _) = client(
            .json(status, #"{"kind":"Status","status":"Failure","code":\#(status),"message":"no"}"#))
        let error = await #expect(throws: KubeError.self) { try await client.serves(.deployments) }
        #expect(error?.description.hasPrefix("discover /apis/apps/v1: ") == true)
    }
}
