import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct PendingWebhooksTests {
    private let key = ConfigKey(.configMap, namespace: "shop", name: "app")

    private func content(_ byte: UInt8) -> Fingerprint? { Fingerprint(bytes: [UInt8](repeating: byte, count: 20)) }

    private func change(_ from: UInt8?, _ to: UInt8?) throws -> ObservedChange {
        let old = try from.map { ConfigObject(key, fingerprint: try #require(content($0))) }
        let new = try to.map { ConfigObject(key, fingerprint: try #require(content($0))) }
        return ObservedChange(
            event: old == nil ? .created : new == nil ? .deleted : .updated, old: old,
            config: try #require(new ?? old))
    }

    private func pending() -> PendingWebhooks {
        PendingWebhooks(quietPeriod: .milliseconds(300), longestDelay: .seconds(5))
    }

    @Test func `a config waits until it has been quiet`() throws {
        var pending = pending()
        #expect(pending.add(try change(1, 2), at: .zero) == .milliseconds(300))
        #expect(pending.add(try change(2, 3), at: .milliseconds(200)) == .milliseconds(300))
        #expect(pending.next(for: key, current: content(3), at: .milliseconds(300)) == .wait(.milliseconds(200)))
        #expect(pending.next(for: key, current: content(3), at: .milliseconds(500)) == .send(.updated))
    }

    @Test func `a steady stream of changes cannot put a message off for ever`() throws {
        var pending = pending()
        for step in 0..<50 { _ = pending.add(try change(1, UInt8(step + 2)), at: .milliseconds(100 * step)) }
        #expect(pending.next(for: key, current: content(9), at: .seconds(5)) == .send(.updated))
    }

    @Test(
        "the event is what lies between the first and the last content",
        arguments: [
            ([(1, 2)], 2, PendingWebhooks.Next.send(.updated)),
            ([(nil, 1), (1, 2)], 2, .send(.created)),
            ([(1, 2), (2, nil)], nil, .send(.deleted)),
            ([(1, nil), (nil, 2)], 2, .send(.updated)),
            ([(1, nil), (nil, 1)], 1, .restored),
            ([(1, 2), (2, 1)], 1, .restored),
            ([(nil, 1), (1, nil)], nil, .restored),
        ] as [([(UInt8?, UInt8?)], UInt8?, PendingWebhooks.Next)])
    func events(changes: [(UInt8?, UInt8?)], current: UInt8?, next: PendingWebhooks.Next) throws {
        var pending = pending()
        for (from, to) in changes { _ = pending.add(try change(from, to), at: .zero) }
        #expect(pending.next(for: key, current: current.flatMap { content($0) }, at: .seconds(1)) == next)
    }

    @Test func `content that is taken back is told where the message of another one may have been taken`() throws {
        var pending = pending()
        _ = pending.add(try change(1, 2), at: .zero)
        pending.doubt(key)
        _ = pending.add(try change(2, 1), at: .zero)
        #expect(pending.next(for: key, current: content(1), at: .seconds(1)) == .send(.updated))
        pending.settle(key, told: content(1), current: content(1))
        #expect(pending.next(for: key, current: content(1), at: .seconds(1)) == .nothing)
    }

    @Test func `a message that was not taken is due until it was`() throws {
        var pending = pending()
        _ = pending.add(try change(1, 2), at: .zero)
        for second in 1..<10 {
            #expect(pending.next(for: key, current: content(2), at: .seconds(second)) == .send(.updated))
        }
        pending.settle(key, told: content(2), current: content(2))
        #expect(pending.next(for: key, current: content(2), at: .seconds(10)) == .nothing)
    }

    @Test func `a change while a message is under way is the next message`() throws {
        var pending = pending()
        _ = pending.add(try change(1, 2), at: .zero)
        #expect(pending.next(for: key, current: content(2), at: .seconds(1)) == .send(.updated))
        _ = pending.add(try change(2, 1), at: .seconds(1))
        pending.settle(key, told: content(2), current: content(1))
        #expect(pending.next(for: key, current: content(1), at: .seconds(1)) == .wait(.milliseconds(300)))
        #expect(pending.next(for: key, current: content(1), at: .seconds(2)) == .send(.updated))
    }
}
