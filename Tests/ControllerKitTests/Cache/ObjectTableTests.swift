import ControllerTestKit
import KubeClient
import Testing

@testable import ControllerKit

@Suite struct ObjectTableTests {
    @Test("an empty table has nothing and removes nothing")
    func empty() {
        var table = ObjectTable<Sample>()
        #expect(table[ObjectKey(name: "a")] == nil)
        #expect(table.remove(ObjectKey(name: "a")) == nil)
        #expect(table.count == 0)
    }

    @Test("upsert returns what it replaced, and keeps one row per key")
    func upsert() {
        var table = ObjectTable<Sample>()
        #expect(table.upsert(Sample("a", "1")) == nil)
        #expect(table.upsert(Sample("a", "2"))?.resourceVersion.rawValue == "1")
        #expect(table.rows == [Sample("a", "2")])
    }

    @Test("rows keep the order of insertion")
    func order() {
        var table = ObjectTable<Sample>()
        let items = (0..<1000).map { Sample("\($0 * 7919 % 1000)") }
        for item in items { table.upsert(item) }
        #expect(table.rows == items)
    }

    @Test("the same name in two namespaces and in none are three objects")
    func namespaces() {
        var table = ObjectTable<Sample>()
        for namespace in ["x", "y", nil] { table.upsert(Sample("a", namespace: namespace)) }
        #expect(table.count == 3)
        #expect(table[ObjectKey(name: "a")]?.id.namespace == nil)
        #expect(table[ObjectKey(namespace: "y", name: "a")]?.id.namespace == "y")
    }

    @Test("behaves as a dictionary does under random writes", arguments: [1, 2, 3, 4, 5])
    func model(seed: UInt64) {
        var rng = SeededRandom(seed: seed)
        var table = ObjectTable<Sample>()
        var model: [ObjectKey: Sample] = [:]
        for step in 0..<20_000 {
            let item = Sample("\(Int.random(in: 0..<300, using: &rng))", "\(step)")
            // Phases of mostly growing and mostly shrinking, so that long runs form and dissolve.
            let growth = (step / 2000) % 2 == 0 ? 8 : 3
            if Int.random(in: 0..<10, using: &rng) < growth {
                #expect(table.upsert(item) == model.updateValue(item, forKey: item.id))
            } else {
                #expect(table.remove(item.id) == model.removeValue(forKey: item.id))
            }
            let probe = ObjectKey(namespace: "ns", name: "\(Int.random(in: 0..<300, using: &rng))")
            #expect(table[probe] == model[probe])
            #expect(table.count == model.count)
        }
        #expect(Set(table.rows) == Set(model.values))
    }

    @Test("little room is left over after growing")
    func slack() {
        var table = ObjectTable<Sample>()
        for number in 0..<10_000 { table.upsert(Sample("\(number)")) }
        #expect(table.rows.capacity <= 12_600)
    }
}
