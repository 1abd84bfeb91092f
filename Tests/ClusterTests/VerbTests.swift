import KubeClient
import Testing

/// Every verb of the client, its errors included.
@Suite(.timeLimit(.minutes(2))) struct VerbTests {
    private static let deployment = """
        {"metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},\
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[\
        {"name":"app","image":"busybox","env":[{"name":"A","value":"1"}]}]}}}}
        """

    private func failure(_ body: () async throws -> Void) async -> KubeError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? KubeError
        }
    }

    @Test(arguments: Place.all)
    func `an object is created, read, replaced and deleted`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let configMaps = bed.objects(.configMaps)
            let created = try await bed.createConfigMap("a")
            #expect(created.id == bed.key("a"))
            #expect(!created.uid.isEmpty)
            let read = try await configMaps.get(created.id)
            #expect(read.uid == created.uid)
            #expect(read.resourceVersion == created.resourceVersion)
            #expect(read[at: "/data/k"] == .string("1"))

            var document = created.value
            document["data"]?["k"] = .string("2")
            let replaced = try await configMaps.replace(created.id, with: document.bytes)
            #expect(replaced.resourceVersion.isNewer(than: created.resourceVersion) == true)
            // The document still carries the version of the first state.
            let conflict = await failure { try await configMaps.replace(created.id, with: document.bytes) }
            #expect(conflict?.isConflict == true)

            try await configMaps.delete(created.id)
            let missing = await failure { _ = try await configMaps.get(created.id) }
            #expect(missing?.isNotFound == true)
            #expect(missing?.description.hasPrefix("get configmaps \(created.id): ") == true)
        }
    }

    @Test(arguments: Place.all)
    func `refusals carry the server's reason`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            try await bed.createConfigMap("a")
            let twice = await failure { try await bed.createConfigMap("a") }
            #expect(twice?.isAlreadyExists == true)
            #expect(twice?.isConflict == false)
            let invalid = await failure { try await bed.createConfigMap("Not_A_Name") }
            #expect(invalid?.isInvalid == true)
            #expect(invalid?.status?.causes.first?.field == "metadata.name")
            let unknown = APIResource(group: "example.com", version: "v1", plural: "things", kind: "Thing")
            let absent = await failure { _ = try await bed.objects(unknown).list() }
            #expect(absent?.isNotFound == true)
            let malformed = await failure { try await bed.create(.configMaps, #"{"metadata":"#) }
            #expect(malformed?.status?.code == 400)
        }
    }

    @Test(arguments: Place.all)
    func `metadata is all that is sent when it is all that is asked for`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            try await bed.create(
                .configMaps, #"{"metadata":{"name":"a","labels":{"x":"y"},"finalizers":["example.com/a"]}}"#)
            let configMaps = bed.client.resource(.configMaps, as: ObjectMetadata.self)
            let one = try await configMaps.get(bed.key("a"))
            #expect(one.labels == ["x": "y"])
            #expect(one.finalizers == ["example.com/a"])
            let page = try await configMaps.list(
                in: .namespace(bed.namespace), ListOptions(labelSelector: "x=y"))
            #expect(page.items == [one])

            // It goes when the last finalizer is taken off.
            try await configMaps.delete(one.id)
            let waiting = try await configMaps.get(one.id)
            #expect(waiting.deletionTimestamp != nil)
            let last = try await configMaps.patch(one.id, .merge(Array(#"{"metadata":{"finalizers":null}}"#.utf8)))
            #expect(last.uid == one.uid)
            let missing = await failure { _ = try await configMaps.get(one.id) }
            #expect(missing?.isNotFound == true)
        }
    }

    @Test(arguments: Place.all)
    func `JSON Patch tests and changes`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let key = try await bed.createConfigMap("a").id
            let good = #"[{"op":"test","path":"/data/k","value":"1"},{"op":"replace","path":"/data/k","value":"2"}]"#
            let patched = try await bed.objects(.configMaps).patch(key, .json(Array(good.utf8)))
            #expect(patched[at: "/data/k"] == .string("2"))
            let failed = await failure { try await bed.objects(.configMaps).patch(key, .json(Array(good.utf8))) }
            #expect(failed?.status?.code == 422)
        }
    }

    @Test(arguments: Place.all)
    func `merge patch removes with null, and a version in it is a precondition`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let created = try await bed.createConfigMap("a", #"{"k":"1","l":"2"}"#)
            let patched = try await bed.merge(.configMaps, "a", #"{"data":{"k":null}}"#)
            #expect(patched[at: "/data"] == .object(["l": .string("2")]))
            let conflict = await failure {
                try await bed.merge(
                    .configMaps, "a",
                    #"{"metadata":{"resourceVersion":"\#(created.resourceVersion)"},"data":{"k":"3"}}"#)
            }
            #expect(conflict?.isConflict == true)
            let same = try await bed.merge(.configMaps, "a", "{}")
            #expect(same.resourceVersion == patched.resourceVersion)
        }
    }

    @Test(arguments: Place.all)
    func `strategic merge patch joins lists by their keys`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let key = try await bed.create(.deployments, Self.deployment).id
            let patch = """
                {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"B","value":"2"}]}],\
                "$setElementOrder/containers":[{"name":"app"}]}}}}
                """
            let patched = try await bed.objects(.deployments).patch(
                key, .strategicMerge(Array(patch.utf8)), WriteOptions(fieldManager: "test"))
            let containers = patched[at: "/spec/template/spec/containers"]
            #expect(containers?.array?.count == 1)
            #expect(containers?[0]?["image"] == .string("busybox"))
            let names = containers?[0]?["env"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(Set(names) == ["A", "B"])
            #expect(patched[at: "/metadata/generation"]?.int == 2)
        }
    }

    @Test(arguments: Place.all)
    func `apply creates, and merges what is there`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            func apply(_ manager: String, _ data: String, force: Bool = false) async throws -> UnstructuredObject {
                let text = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":\#(data)}"#
                return try await bed.objects(.configMaps).patch(
                    bed.key("a"), .apply(Array(text.utf8), force: force), WriteOptions(fieldManager: manager))
            }
            _ = try await apply("one", #"{"k":"1"}"#)
            let both = try await apply("two", #"{"l":"2"}"#)
            #expect(both[at: "/data"] == .object(["k": .string("1"), "l": .string("2")]))
            let forced = try await apply("two", #"{"k":"2","l":"2"}"#, force: true)
            #expect(forced[at: "/data/k"] == .string("2"))
        }
    }

    @Test(arguments: Place.all)
    func `a dry run validates, answers and stores nothing`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let created = try await bed.objects(.configMaps).create(
                Array(#"{"metadata":{"name":"a"}}"#.utf8), in: .namespace(bed.namespace), WriteOptions(dryRun: true))
            #expect(created.id == bed.key("a"))
            #expect(try await bed.find(.configMaps, "a") == nil)
            try await bed.createConfigMap("a")
            try await bed.objects(.configMaps).delete(bed.key("a"), DeleteOptions(dryRun: true))
            #expect(try await bed.find(.configMaps, "a") != nil)
        }
    }

    @Test(arguments: Place.all)
    func `status and scale are endpoints of their own`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let deployments = bed.objects(.deployments)
            let key = try await bed.create(.deployments, Self.deployment).id
            let status = try await deployments.patch(
                key, .merge(Array(#"{"status":{"observedGeneration":7},"spec":{"replicas":9}}"#.utf8)),
                subresource: .status)
            #expect(status[at: "/spec/replicas"]?.int == 1)
            let scale = try await deployments.patch(
                key, .merge(Array(#"{"spec":{"replicas":3}}"#.utf8)), subresource: .scale)
            #expect(scale[at: "/kind"] == .string("Scale"))
            #expect(scale[at: "/spec/replicas"]?.int == 3)
            #expect(try await deployments.get(key)[at: "/spec/replicas"]?.int == 3)
        }
    }

    @Test(arguments: Place.all)
    func `a deletion happens only if its preconditions hold`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let configMaps = bed.objects(.configMaps)
            let created = try await bed.createConfigMap("a")
            let changed = try await bed.merge(.configMaps, "a", #"{"data":{"k":"2"}}"#)
            let wrongUID = await failure {
                try await configMaps.delete(
                    created.id, DeleteOptions(uid: "00000000-0000-0000-0000-000000000000"))
            }
            #expect(wrongUID?.isConflict == true)
            let wrongVersion = await failure {
                try await configMaps.delete(created.id, DeleteOptions(resourceVersion: created.resourceVersion))
            }
            #expect(wrongVersion?.isConflict == true)
            try await configMaps.delete(
                created.id, DeleteOptions(uid: created.uid, resourceVersion: changed.resourceVersion))
            #expect(try await bed.find(.configMaps, "a") == nil)
        }
    }

    @Test(arguments: Place.all)
    func `generated names are unique`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let body = #"{"metadata":{"generateName":"run-"}}"#
            let (first, second) = (try await bed.create(.configMaps, body), try await bed.create(.configMaps, body))
            #expect(first.id.name.hasPrefix("run-"))
            #expect(first.id != second.id)
        }
    }
}
