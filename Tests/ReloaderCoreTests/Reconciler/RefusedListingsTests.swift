import Testing

@testable import ReloaderCore

@Suite struct RefusedListingsTests {
    @Test func `a refusal counts for a minute, for its kind and namespace alone`() {
        var refused = RefusedListings()
        let key = NamespaceListing.Key(kind: .job, namespace: "shop")
        #expect(refused.pause(before: key, at: .zero) == nil)
        refused.refused(key, at: .seconds(5))
        #expect(refused.pause(before: key, at: .seconds(64)) == .seconds(1))
        #expect(refused.pause(before: .init(kind: .job, namespace: "other"), at: .seconds(64)) == nil)
        #expect(refused.pause(before: .init(kind: .cronJob, namespace: "shop"), at: .seconds(64)) == nil)
        #expect(refused.pause(before: key, at: .seconds(65)) == nil)
    }
}
