import KubeClient
import TestSupport
import Testing

/// Guards that no suite of a type has.
@Suite struct GuardTests {
    @Test func `TestIsUnsupportedTableObject: a table is no list, and no empty one either`() async throws {
        let transport = ClosureTransport { (_, receiver) async throws(KubeError) in
            try receiver.answer("")
            try receiver.send(
                #"{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"rows":[{"cells":["a"]}]}"#
            )
        }
        let client = KubeClient(transport: transport, logger: .silent)
        let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
        let error = await #expect(throws: KubeError.self) { _ = try await configMaps.list() }
        #expect(error?.code == .decoding)
    }
}
