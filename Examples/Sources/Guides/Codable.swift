import KubeClient
import KubeClientCodable

// What the guides show of `Codable` models, compiled. `scripts/check-guides` compares the texts.

/// A model of what a program reads of Deployments, or one that somebody else has written.
struct DeploymentModel: Codable, Sendable {
    struct Spec: Codable, Sendable { var replicas: Int? }
    var spec: Spec
}

func models(_ client: KubeClient) async throws {
    let deployments = client.resource(.deployments, as: CodableObject<DeploymentModel>.self)
    for object in try await deployments.list(in: .namespace("shop")).items {
        print(object.id, try object.model.spec.replicas ?? 1)
    }
}
