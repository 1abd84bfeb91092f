import KubeClient
import Testing

@testable import ControllerTestKit

@Suite struct OpenAPITests {
    private let discovery = Discovery(.builtIn)

    @Test("the index leads to a document for each group version")
    func index() throws {
        let paths = try #require(discovery.openAPIIndex()["paths"]?.object)
        #expect(paths["api/v1"] == .dict(("serverRelativeURL", .string("/openapi/v3/api/v1"))))
        #expect(paths["apis/apps/v1"] == .dict(("serverRelativeURL", .string("/openapi/v3/apis/apps/v1"))))
        #expect(discovery.openAPI(group: "apps", version: "v2") == nil)
    }

    @Test(
        "PATCH of a kind takes fieldValidation, which is all that kubectl asks",
        arguments: [
            (APIResource.configMaps, "/api/v1/namespaces/{namespace}/configmaps/{name}"),
            (.namespaces, "/api/v1/namespaces/{name}"),
            (.deployments, "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"),
        ])
    func fieldValidation(_ resource: APIResource, _ path: String) throws {
        let document = try #require(discovery.openAPI(group: resource.group, version: resource.version))
        let patch = try #require(document["paths"]?.object?[path]?["patch"])
        #expect(patch["parameters"]?.array?.contains { $0["name"]?.string == "fieldValidation" } == true)
        #expect(patch["x-kubernetes-group-version-kind"]?["kind"]?.string == resource.kind)
    }
}
