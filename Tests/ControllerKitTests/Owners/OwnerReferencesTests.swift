import ControllerKit
import KubeClient
import Testing

@Suite struct OwnerReferencesTests {
    private func owner(_ name: String, uid: String = "u", isController: Bool = true) -> OwnerReference {
        OwnerReference(
            to: ObjectMetadata(ObjectIdentity(key: ObjectKey(namespace: "n", name: name), uid: uid)),
            of: .deployments, isController: isController)
    }

    @Test func `a reference says who owns`() {
        #expect(
            owner("web").json == [
                "apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u", "controller": true,
                "blockOwnerDeletion": true,
            ])
        #expect(
            owner("web", isController: false).json == [
                "apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u",
            ])
        #expect(owner("web").group == "apps")
        #expect(OwnerReference(apiVersion: "v1", kind: "Pod", name: "a", uid: "u").group == "")
    }

    @Test func `what is written is what is read`() {
        let list = [owner("web"), owner("other", isController: false)]
        #expect([OwnerReference](json: list.json) == list)
        #expect([OwnerReference](json: nil) == [] && [OwnerReference](json: "x") == [])
    }

    @Test func `an owner is in the list once, as it is now`() throws {
        var list: [OwnerReference] = []
        #expect(try list.set(owner("web")) == true)
        #expect(try list.set(owner("web")) == false)
        #expect(try list.set(owner("web", uid: "born again")) == true)
        #expect(list.map(\.uid) == ["born again"])
        var newer = owner("web")
        newer.apiVersion = "apps/v2"
        #expect(try list.set(newer) == true)
        #expect(list == [newer])
    }

    @Test func `an object has one controller`() throws {
        var list = [owner("web")]
        let error = #expect(throws: AlreadyOwned.self) { try list.set(owner("other")) }
        #expect(error?.owner == owner("web"))
        #expect(error.map { "\($0)" }?.contains("managed by Deployment \"web\" already") == true)
        #expect(list == [owner("web")])
        #expect(try list.set(owner("other", isController: false)) == true)
        #expect(list.count == 2)
    }

    @Test func `a reference is removed by its owner`() throws {
        var list = [owner("web", uid: "before"), owner("other", isController: false)]
        #expect(list.contains(ownerOf: owner("web")))
        #expect(list.remove(owner("web")) == true)
        #expect(!list.contains(ownerOf: owner("web")))
        #expect(list.remove(owner("web")) == false)
        #expect(list.json == [owner("other", isController: false).json])
    }
}
