import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct CreateOrPatchTests {
    private let server = TestAPIServer()
    private let key = ObjectKey(namespace: "default", name: "a")
    private var api: ResourceClient<ObjectMetadata> { server.client(logger: .silent).resource(.configMaps) }
    private var verbs: [String] { server.requests.map(\.attributes.verb) }

    private func setData(_ value: String) async throws -> WriteResult {
        try await api.createOrPatch(key) { $0["data"] = ["k": .string(value)] }.result
    }

    @Test func `an object is created, changed, and left alone when it is as it should be`() async throws {
        #expect(try await setData("1") == .created)
        #expect(try await setData("1") == .unchanged)
        #expect(try await setData("2") == .patched)
        #expect(server.find(.configMaps, key)?["data"] == ["k": "2"])
        #expect(verbs == ["get", "create", "get", "get", "patch"])
    }

    @Test func `only what differs is sent, with the version that was read`() async throws {
        let created = try server.create([
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["namespace": "default", "name": "a"],
            "data": ["keep": "this", "drop": "that"],
        ])
        let (object, _) = try await api.createOrPatch(key) { document in
            document["data"]?["drop"] = nil
            document["metadata"]?["labels"] = ["new": "label"]
        }
        let patch = try JSONValue(parsing: try #require(server.requests.last).body)
        let version = try #require(created["metadata"]?["resourceVersion"])
        #expect(
            patch == ["data": ["drop": .null], "metadata": ["labels": ["new": "label"], "resourceVersion": version]])
        #expect(object.labels == ["new": "label"])
        #expect(server.find(.configMaps, key)?["data"] == ["keep": "this"])
    }

    @Test func `whoever is slower reads again and loses nothing`() async throws {
        try server.createConfigMap("a")
        let rounds = Mutex(0)
        let server = server
        let key = key
        try await api.createOrPatch(key, clock: InstantClock()) { document in
            // Somebody else is faster, twice.
            let round = rounds.withLock { rounds in
                rounds += 1
                return rounds
            }
            if round <= 2 { try server.patch(.configMaps, key, merge: #"{"data":{"theirs\#(round)":"x"}}"#) }
            document["data"] = document["data"] ?? [:]
            document["data"]?["mine"] = "y"
        }
        #expect(server.find(.configMaps, key)?["data"] == ["theirs1": "x", "theirs2": "x", "mine": "y"])
        #expect(rounds.withLock { $0 } == 3)
    }

    @Test func `an object that somebody creates in between is patched`() async throws {
        let server = server
        let isFirst = Mutex(true)
        let (_, result) = try await api.createOrPatch(key, clock: InstantClock()) { document in
            let isFirst = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isFirst { try server.createConfigMap("a") }
            document["data"] = ["k": "v"]
        }
        #expect(result == .patched)
        #expect(server.find(.configMaps, key)?["data"] == ["k": "v"])
    }

    @Test func `conflicts without an end are an error`() async throws {
        try server.createConfigMap("a")
        server.inject(Fault(.status(409, reason: "Conflict"), times: nil, verb: "patch"))
        let error = await #expect(throws: KubeError.self) {
            try await api.createOrPatch(key, attempts: 3, clock: InstantClock()) { $0["data"] = ["k": "v"] }
        }
        #expect(error?.isConflict == true)
        #expect(verbs.filter { $0 == "patch" }.count == 3)
    }

    @Test func `other errors are not tried again, and a subresource is not created`() async throws {
        let missing = await #expect(throws: KubeError.self) {
            try await api.createOrPatch(key, subresource: .status) { $0["status"] = [:] }
        }
        #expect(missing?.isNotFound == true)
        try server.createConfigMap("a")
        server.inject(Fault(.status(403, reason: "Forbidden"), times: nil, verb: "patch"))
        let refused = await #expect(throws: KubeError.self) { try await setData("1") }
        #expect(refused?.isForbidden == true)
        #expect(verbs.filter { $0 == "patch" }.count == 1)
    }

    @Test(
        arguments: [
            (#"{"a":1}"#, #"{"a":1}"#, nil),
            (#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#),
            (#"{"a":1,"b":2}"#, #"{"b":2}"#, #"{"a":null}"#),
            (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":1,"c":3}}"#, #"{"a":{"c":3}}"#),
            (#"{"a":[1,2]}"#, #"{"a":[1,2,3]}"#, #"{"a":[1,2,3]}"#),
            (#"{"a":{"b":1}}"#, #"{"a":"text"}"#, #"{"a":"text"}"#),
            (#"{"a":"text"}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
            (#"{}"#, #"{"a":{}}"#, #"{"a":{}}"#),
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, nil),
        ] as [(String, String, String?)])
    func `the difference is what makes one of the other`(old: String, new: String, patch: String?) throws {
        func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
        let difference = MergePatch.difference(from: try parsed(old), to: try parsed(new))
        #expect(difference == (try patch.map(parsed)))
    }
}
