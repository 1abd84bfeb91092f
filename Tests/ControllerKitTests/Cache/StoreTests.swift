import ControllerTestKit
import KubeClient
import Testing

@testable import ControllerKit

private let byGroup = Index<Sample, String>("group") { $0.groups }
private let byFirstLetter = Index<Sample, Character>("letter") { $0.id.name.first.map { [$0] } ?? [] }

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

private func table(_ items: [Sample]) -> ObjectTable<Sample> {
    var table = ObjectTable<Sample>()
    for item in items { table.upsert(item) }
    return table
}

/// `+a@1` added, `~a@1>2` updated, `-a@1` removed, `-a@1?` removed unseen.
func text(_ change: Change<Sample>) -> String {
    let name = change.key.name
    switch (change.old, change.new) {
    case (nil, let new?): return "+\(name)@\(new.resourceVersion)"
    case (let old?, let new?): return "~\(name)@\(old.resourceVersion)>\(new.resourceVersion)"
    case (let old?, nil): return "-\(name)@\(old.resourceVersion)\(change.isFinalStateUnknown ? "?" : "")"
    case (nil, nil): return "nothing"
    }
}

@Suite struct StoreTests {
    @Test("reads see what was written, and the version moves along")
    func reads() {
        let store = Store<Sample>()
        #expect(store.resourceVersion == nil)
        #expect(store.upsert(Sample("a", "5"), at: "5").map(text) == "+a@5")
        #expect(store[key("a")] == Sample("a", "5"))
        #expect(store[key("b")] == nil)
        #expect(store.count == 1)
        #expect(store.snapshot() == [Sample("a", "5")])
        #expect(store.resourceVersion == "5")
        store.advance(to: "9")
        #expect(store.resourceVersion == "9")
        #expect(store.upsert(Sample("a", "10"), at: nil).map(text) == "~a@5>10")
        #expect(store.resourceVersion == "9", "an element without a version to go on from does not move it")
    }

    @Test("several reads can be of one state")
    func consistentReads() {
        let store = Store<Sample>()
        store.add(byGroup)
        _ = store.upsert(Sample("a", "5", groups: ["g"]), at: "5")
        let (object, keys, objects, version) = store.read { view in
            (
                view[key("a")], view.keys(byGroup, equalTo: "g"), view.objects(byFirstLetter, equalTo: "a"),
                view.resourceVersion
            )
        }
        #expect(object == Sample("a", "5", groups: ["g"]))
        #expect(keys == [key("a")])
        #expect(objects == [Sample("a", "5", groups: ["g"])])
        #expect(version == "5")
        #expect(store.read { $0.objects.count } == 1)
    }

    @Test("the store knows whether it shows a write")
    func writesSeen() {
        let store = Store<Sample>()
        #expect(!store.hasSeen("7", of: key("a")))
        _ = store.upsert(Sample("a", "5"), at: "5")
        #expect(store.hasSeen("5", of: key("a")))
        #expect(!store.hasSeen("7", of: key("a")))
        _ = store.upsert(Sample("b", "6"), at: "6")
        #expect(!store.hasSeen("7", of: key("a")))
        // A bookmark, or a later event of another object, proves it too.
        store.advance(to: "10")
        #expect(store.hasSeen("7", of: key("a")))
        #expect(store.hasSeen("7", of: key("gone")))
        #expect(store.hasSeen("no number", of: key("a")), "what cannot be ordered cannot be waited for")
    }

    @Test("a removal tells the last state as the server sent it; an unknown key is no change")
    func removes() {
        let store = Store<Sample>()
        _ = store.upsert(Sample("a", "5"), at: "5")
        #expect(store.remove(Sample("a", "8"), at: "8").map(text) == "-a@8")
        #expect(store.remove(Sample("a", "8"), at: "9") == nil)
        #expect(store.count == 0)
        #expect(store.resourceVersion == "9")
    }

    @Test("the same version of the same incarnation is no change; without versions everything is one")
    func unchanged() {
        let store = Store<Sample>()
        _ = store.upsert(Sample("a", "5"), at: nil)
        #expect(store.upsert(Sample("a", "5"), at: nil) == nil)
        #expect(store.upsert(Sample("a", "5", uid: "other"), at: nil).map(text) == "~a@5>5")
        _ = store.upsert(Sample("b", ""), at: nil)
        #expect(store.upsert(Sample("b", ""), at: nil) != nil)
    }

    @Test(
        "TestReplaceEvents: deletions with unknown final state first, then updates and additions in list order",
        arguments: [
            ([], [Sample("1", "1")], ["+1@1"]),
            ([Sample("1", "1"), Sample("3", "2")], [], ["-1@1?", "-3@2?"]),
            (
                [Sample("1", "1"), Sample("2", "2"), Sample("3", "3")],
                [Sample("4", "6"), Sample("1", "4"), Sample("2", "5")],
                ["-3@3?", "+4@6", "~1@1>4", "~2@2>5"]
            ),
            ([Sample("1", "1"), Sample("2", "2")], [Sample("1", "1"), Sample("2", "7")], ["~2@2>7"]),
            ([Sample("1", "1", uid: "x")], [Sample("1", "9", uid: "y")], ["~1@1>9"]),
            ([], [], []),
        ] as [([Sample], [Sample], [String])])
    func replaceEvents(before: [Sample], after: [Sample], expected: [String]) {
        let store = Store(before, resourceVersion: "3")
        let changes = store.replace(with: table(after), at: "9", cause: .relist)
        #expect(Set(store.snapshot()) == Set(after), "the store is new before anybody hears of it")
        #expect(store.resourceVersion == "9")
        #expect(changes.map(text) == expected)
        #expect(changes.allSatisfy { $0.cause == .relist })
    }

    @Test("a key that comes back with another uid is an update with both states")
    func recreated() {
        let store = Store([Sample("a", "1", uid: "first")])
        let changes = Array(store.replace(with: table([Sample("a", "2", uid: "second")]), at: "2", cause: .relist))
        #expect(changes.count == 1)
        #expect(changes.first?.old?.uid == "first")
        #expect(changes.first?.new?.uid == "second")
        #expect(changes.first?.isFinalStateUnknown == false)
    }

    @Test("an index answers keys and objects by value, across updates and removals")
    func index() {
        let store = Store<Sample>()
        store.add(byGroup)
        store.add(byFirstLetter)
        _ = store.upsert(Sample("a1", groups: ["x", "y", "x"]), at: nil)
        _ = store.upsert(Sample("a2", groups: ["x"]), at: nil)
        #expect(Set(store.keys(byGroup, equalTo: "x")) == [key("a1"), key("a2")])
        #expect(store.keys(byGroup, equalTo: "y") == [key("a1")])
        #expect(Set(store.objects(byFirstLetter, equalTo: "a").map(\.id)) == [key("a1"), key("a2")])
        _ = store.upsert(Sample("a1", "2", groups: ["z", "y"]), at: nil)
        #expect(store.keys(byGroup, equalTo: "x") == [key("a2")])
        #expect(store.objects(byGroup, equalTo: "z") == [Sample("a1", "2", groups: ["z", "y"])])
        // The server's last state has other groups than the stored one; the stored ones are what the index knows.
        _ = store.remove(Sample("a1", "3", groups: ["w"]), at: nil)
        #expect(store.keys(byGroup, equalTo: "y").isEmpty)
        #expect(store.keys(byGroup, equalTo: "z").isEmpty)
    }

    @Test("TestThreadSafeStoreDeleteRemovesEmptySetsFromIndex: names that come and go leave nothing behind")
    func emptySets() {
        var state = StoreState<Sample>()
        state.add(byGroup)
        for number in 0..<1000 {
            let item = Sample("\(number)", groups: ["only-\(number)", "all"])
            _ = state.upsert(item)
            if number % 2 == 0 { _ = state.upsert(Sample("\(number)", "2", groups: ["moved-\(number)"])) }
            _ = state.remove(item)
        }
        #expect(state.indexes.map(\.valueCount) == [0])
    }

    @Test("a value with many keys loses and gains them one by one")
    func manyKeys() {
        let store = Store<Sample>()
        store.add(byGroup)
        let names = (0..<500).map { "\($0)" }
        for name in names { _ = store.upsert(Sample(name, groups: ["all"]), at: nil) }
        #expect(Set(store.keys(byGroup, equalTo: "all")) == Set(names.map(key)))
        for name in names.dropLast() { _ = store.remove(Sample(name), at: nil) }
        #expect(store.keys(byGroup, equalTo: "all") == [key("499")])
        _ = store.remove(Sample("499"), at: nil)
        #expect(store.keys(byGroup, equalTo: "all").isEmpty)
    }

    @Test("an index is rebuilt from scratch by a replace")
    func indexAfterReplace() {
        let store = Store<Sample>()
        store.add(byGroup)
        _ = store.upsert(Sample("a", groups: ["x"]), at: nil)
        _ = store.replace(with: table([Sample("b", groups: ["x", "y"])]), at: "2", cause: .relist)
        #expect(store.keys(byGroup, equalTo: "x") == [key("b")])
        _ = store.upsert(Sample("b", "3", groups: []), at: "3")
        #expect(store.keys(byGroup, equalTo: "x").isEmpty)
    }

    @Test("an index that was never added is answered all the same, and one added late knows what is there")
    func lateIndex() {
        let store = Store([Sample("a", groups: ["x"]), Sample("b")])
        #expect(store.keys(byGroup, equalTo: "x") == [key("a")])
        #expect(store.objects(byGroup, equalTo: "x").map(\.id) == [key("a")])
        store.add(byGroup)
        store.add(byGroup)
        #expect(store.keys(byGroup, equalTo: "x") == [key("a")])
    }

    @Test("an index equals a scan after random writes", arguments: [11, 12, 13])
    func indexModel(seed: UInt64) {
        var rng = SeededRandom(seed: seed)
        var state = StoreState<Sample>()
        state.add(byGroup)
        let groups = ["a", "b", "c", "d"]
        for step in 0..<3000 {
            let item = Sample(
                "\(Int.random(in: 0..<40, using: &rng))", "\(step)",
                groups: groups.filter { _ in Bool.random(using: &rng) })
            switch Int.random(in: 0..<20, using: &rng) {
            case 0..<12: _ = state.upsert(item)
            case 12..<19: _ = state.remove(item)
            default:
                let kept = state.objects.rows.filter { _ in Bool.random(using: &rng) }
                state = StoreState(replacing: state, with: table(kept + [item]), at: "\(step)".version)
            }
            for group in groups {
                let scanned = state.objects.rows.filter { $0.groups.contains(group) }.map(\.id)
                #expect(Set(state.keys(byGroup, equalTo: group)) == Set(scanned))
            }
        }
    }

    @Test("the changes of a replace lead from the old state to the new one", arguments: [21, 22, 23])
    func replaceModel(seed: UInt64) {
        var rng = SeededRandom(seed: seed)
        for _ in 0..<200 {
            func some() -> [Sample] {
                (0..<20).filter { _ in Bool.random(using: &rng) }
                    .map { Sample("\($0)", "\(Int.random(in: 0..<3, using: &rng))") }.shuffled(using: &rng)
            }
            let (before, after) = (some(), some())
            var world = Dictionary(uniqueKeysWithValues: before.map { ($0.id, $0) })
            for change in Replacement(from: table(before), to: table(after), cause: .relist) {
                #expect(world[change.key] == change.old)
                world[change.key] = change.new
            }
            #expect(world == Dictionary(uniqueKeysWithValues: after.map { ($0.id, $0) }))
        }
    }
}

extension String {
    fileprivate var version: ResourceVersion { ResourceVersion(rawValue: self) }
}
