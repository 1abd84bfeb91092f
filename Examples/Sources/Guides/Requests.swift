import KubeClient
import Logging

// What the guides of KubeClient show, compiled. `scripts/check-guides` compares the texts.

func connect(logger: Logger) throws(KubeError) -> KubeClient {
    let client = try KubeClient(configuration: .infer(), logger: logger)
    return client
}

/// What a program needs of a Deployment, and nothing else.
struct DeploymentStatus: StaticResource {
    static let apiResource = APIResource.deployments

    var identity = ObjectIdentity()
    var replicas = 0
    var readyReplicas = 0

    var id: ObjectKey { identity.key }
    var uid: String { identity.uid }
    var resourceVersion: ResourceVersion { identity.resourceVersion }

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata": identity = try ObjectIdentity(metadata: &reader)
            case "spec":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "replicas" { replicas = try reader.intOrNil() ?? 0 }
                }
            case "status":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "readyReplicas" { readyReplicas = try reader.intOrNil() ?? 0 }
                }
            default: break
            }
        }
    }
}

// What it needs to be read in protobuf, too.
extension DeploymentStatus {
    static var protobufMessage: ProtobufMessage? { message }

    private static let message = ProtobufMessage(
        .init(1, "metadata", .message(.objectMeta)),
        .init(2, "spec", .message(ProtobufMessage(.init(1, "replicas", .pointer(.int))))),
        .init(3, "status", .message(ProtobufMessage(.init(7, "readyReplicas", .int)))))
}

func reading(_ client: KubeClient) async throws(KubeError) {
    let deployments = client.resource(DeploymentStatus.self)
    let web = try await deployments.get(ObjectKey(namespace: "shop", name: "web"))
    print("\(web.id): \(web.readyReplicas) of \(web.replicas)")
}

func pages(_ client: KubeClient) async throws(KubeError) {
    let secrets = client.resource(.secrets, as: ObjectMetadata.self)
    var options = ListOptions(labelSelector: "app=web", limit: 500)
    repeat {
        let metadata = try await secrets.list(in: .all, options) { secret in
            print("\(secret.id) since \(secret.creationTimestamp ?? "?")")
        }
        options.continueToken = metadata.continueToken
    } while options.continueToken != nil
}

func loops(_ client: KubeClient) async throws {
    let secrets = client.resource(.secrets, as: ObjectMetadata.self)
    for try await page in secrets.listPages(in: .all) {
        print(page.items.map(\.name))
    }
    try await secrets.withWatch(in: .namespace("shop")) { events in
        while let event = try await events.next() { print(event) }
    }
}

func unstructured(_ client: KubeClient) async throws(KubeError) {
    let widgets = APIResource(group: "example.com", version: "v1", plural: "widgets", kind: "Widget")
    let widget = try await client.resource(widgets, as: UnstructuredObject.self)
        .get(ObjectKey(namespace: "shop", name: "left"))
    let size = widget[at: "/spec/size"]?.int ?? 0
    print("size \(size)")
}

func writing(_ client: KubeClient) async throws(KubeError) {
    let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
    let key = ObjectKey(namespace: "shop", name: "settings")
    let body: JSONValue = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings"], "data": ["colour": "blue"],
    ]
    try await configMaps.create(body.bytes, in: .namespace("shop"))
    try await configMaps.patch(key, .merge(Array(#"{"data":{"colour":"green"}}"#.utf8)))
    try await configMaps.patch(key, .apply(body.bytes, force: false), WriteOptions(fieldManager: "painter"))
    try await configMaps.delete(key)
}

func failing(_ client: KubeClient, logger: Logger) async throws(KubeError) {
    let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
    do throws(KubeError) {
        try await configMaps.delete(ObjectKey(namespace: "shop", name: "settings"))
    } catch {
        if error.isForbidden { logger.error("grant delete on configmaps") }
        guard error.isNotFound else { throw error }
        logger.info("gone already")
    }
}
