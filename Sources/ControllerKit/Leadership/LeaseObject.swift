package import KubeClient

/// A Lease: its record, and the document around it, so that a PUT takes away nothing that others wrote into it.
package struct LeaseObject: StaticResource, Hashable {
    package static var apiResource: APIResource { .leases }

    package let identity: ObjectIdentity
    package let record: LeaseRecord
    /// The document without `managedFields`, which a PUT need not repeat.
    private let document: JSONValue

    package var id: ObjectKey { identity.key }
    package var uid: String { identity.uid }
    package var resourceVersion: ResourceVersion { identity.resourceVersion }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try self.init(document: JSONValue(from: &reader))
    }

    init(document: JSONValue) {
        var document = document
        document["metadata"]?["managedFields"] = nil
        let metadata = document["metadata"]
        let namespace = metadata?["namespace"]?.string ?? ""
        identity = ObjectIdentity(
            key: ObjectKey(namespace: namespace.isEmpty ? nil : namespace, name: metadata?["name"]?.string ?? ""),
            uid: metadata?["uid"]?.string ?? "",
            resourceVersion: ResourceVersion(rawValue: metadata?["resourceVersion"]?.string ?? ""))
        let spec = document["spec"]
        record = LeaseRecord(
            holderIdentity: spec?["holderIdentity"]?.string ?? "",
            leaseDurationSeconds: spec?["leaseDurationSeconds"]?.int, acquireTime: spec?["acquireTime"]?.string,
            renewTime: spec?["renewTime"]?.string, leaseTransitions: spec?["leaseTransitions"]?.int ?? 0)
        self.document = document
    }

    /// The body of a PUT that replaces the record, and succeeds only when nobody wrote in between.
    package func body(with record: LeaseRecord) -> [UInt8] {
        var document = document
        document["apiVersion"] = "coordination.k8s.io/v1"
        document["kind"] = "Lease"
        var spec = document["spec"] ?? [:]
        record.write(to: &spec)
        document["spec"] = spec
        return document.bytes
    }

    /// The body of a POST that creates a lease.
    package static func body(creating key: ObjectKey, with record: LeaseRecord) -> [UInt8] {
        var metadata: JSONValue = ["name": .string(key.name)]
        if let namespace = key.namespace { metadata["namespace"] = .string(namespace) }
        var spec: JSONValue = [:]
        record.write(to: &spec)
        let document: JSONValue = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec,
        ]
        return document.bytes
    }
}

extension LeaseRecord {
    /// Sets the members of a `LeaseSpec`; others stay.
    fileprivate func write(to spec: inout JSONValue) {
        spec["holderIdentity"] = .string(holderIdentity)
        spec["leaseDurationSeconds"] = leaseDurationSeconds.map { JSONValue($0) }
        spec["acquireTime"] = acquireTime.map { .string($0) }
        spec["renewTime"] = renewTime.map { .string($0) }
        spec["leaseTransitions"] = JSONValue(leaseTransitions)
    }
}
