import KubeClient
import Logging

let log = Logger(label: "script")
let client = try KubeClient(configuration: .infer(), logger: log)
// What kubectl would take the name for.
if let resource = try await client.discover().resource(named: "deploy") {
    let deployments = client.resource(resource, as: ObjectMetadata.self)
    for try await page in deployments.listPages(in: .namespace("default")) { print(page.items.map(\.name)) }
    try await deployments.setScale(ObjectKey(namespace: "default", name: "web"), to: 3)
    try await deployments.withWatch(in: .namespace("default")) { events in
        while let event = try await events.next() { print(event) }
    }
}
