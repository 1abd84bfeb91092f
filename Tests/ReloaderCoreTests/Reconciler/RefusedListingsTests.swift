import Testing

@testable import ReloaderCore

@Suite struct RefusedListingsTests {
    @Test func `a refusal counts for a minute, for its kind and namespace alone`() {
        var refused = RefusedListings()
        let key = NamespaceListing.Key(kind: .job, namespace: "shop")
        #expect(!refused.contains(key, at: .zero))
        refused.refused(key, at: .seconds(5))
        #expect(refused.contains(key, at: .seconds(64)))
        #expect(!refused.contains(.init(kind: .job, namespace: "other"), at: .seconds(64)))
        #expect(!refused.contains(.init(kind: .cronJob, namespace: "shop"), at: .seconds(64)))
        #expect(!refused.contains(key, at: .seconds(65)))
    }
}
