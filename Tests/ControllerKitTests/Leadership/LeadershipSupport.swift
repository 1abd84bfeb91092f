import KubeClient

@testable import ControllerKit

extension LeaseObject {
    /// A lease as a server would send it.
    static func stub(
        holder: String?, version: Int = 1, renewed: String = "2026-11-22T10:05:54.000001Z", seconds: Int? = 15,
        transitions: Int = 0, uid: String = "u"
    ) -> LeaseObject {
        var spec: JSONValue = [
            "leaseTransitions": JSONValue(transitions), "acquireTime": "2026-11-22T10:05:00.000000Z",
        ]
        spec["holderIdentity"] = holder.map { .string($0) }
        spec["leaseDurationSeconds"] = seconds.map { JSONValue($0) }
        spec["renewTime"] = .string(renewed)
        return LeaseObject(document: [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": [
                "name": "lock", "namespace": "n", "uid": .string(uid), "resourceVersion": .string("\(version)"),
                "labels": ["kept": "yes"], "managedFields": [],
            ],
            "spec": spec,
        ])
    }
}

extension KubeError {
    static func refusal(_ code: Int, _ reason: String) -> KubeError {
        KubeError(.status, reason, status: Status(code: code, reason: reason, message: reason))
    }
    static let notFound = refusal(404, "NotFound")
    static let conflict = refusal(409, "Conflict")
    static let alreadyExists = refusal(409, "AlreadyExists")
    static let lost = KubeError(.transport, "the connection was lost")
}

/// A lease on a server that does what an API server does, without one.
struct LeaseServer {
    private(set) var lease: LeaseObject?
    private var version = 0

    mutating func answer(_ request: LeaderElectionStateMachine.Request) -> Result<LeaseObject, KubeError> {
        switch request {
        case .get: return lease.map { .success($0) } ?? .failure(.notFound)
        case .create(let record):
            guard lease == nil else { return .failure(.alreadyExists) }
            return store(LeaseObject.body(creating: ObjectKey(namespace: "n", name: "lock"), with: record))
        case .update(let object, let record):
            guard object.resourceVersion == lease?.resourceVersion else { return .failure(.conflict) }
            return store(object.body(with: record))
        }
    }

    private mutating func store(_ body: [UInt8]) -> Result<LeaseObject, KubeError> {
        version += 1
        guard var document = try? JSONValue(parsing: body) else { return .failure(.lost) }
        document["metadata"]?["resourceVersion"] = .string("\(version)")
        let stored = LeaseObject(document: document)
        lease = stored
        return .success(stored)
    }
}
