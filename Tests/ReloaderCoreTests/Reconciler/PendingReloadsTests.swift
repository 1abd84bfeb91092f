import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct PendingReloadsTests {
    private let web = WorkloadKey(.deployment, ObjectKey(namespace: "shop", name: "web"))
    private let config = ConfigKey(.configMap, namespace: "shop", name: "app")
    private let secret = ConfigKey(.secret, namespace: "shop", name: "key")

    private func content(_ byte: UInt8) -> Fingerprint? { Fingerprint(bytes: [UInt8](repeating: byte, count: 20)) }

    private func change(_ key: ConfigKey, _ from: UInt8, _ to: UInt8) throws -> ObservedChange {
        ObservedChange(
            event: .updated, old: ConfigObject(key, fingerprint: try #require(content(from))),
            config: ConfigObject(key, fingerprint: try #require(content(to))))
    }

    private func pending() -> PendingReloads {
        PendingReloads(quietPeriod: .milliseconds(300), longestDelay: .seconds(5))
    }

    @Test func `a workload waits until its causes have been quiet`() throws {
        var pending = pending()
        #expect(pending.add(try change(config, 1, 2), for: web, at: .zero) == .milliseconds(300))
        #expect(pending.add(try change(secret, 1, 2), for: web, at: .milliseconds(200)) == .milliseconds(300))
        #expect(pending.next(for: web, at: .milliseconds(300)) == .wait(.milliseconds(200)))
        guard case .reload(let causes) = pending.next(for: web, at: .milliseconds(500)) else {
            Issue.record("the quiet period is over")
            return
        }
        #expect(Set(causes.keys) == [config, secret])
    }

    @Test func `a baseline that somebody else dealt with, or that nobody can tell, is not one`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        #expect(pending.causes(for: web)[config]?.isBaselineKnown == true)
        var recovered = try change(config, 1, 2)
        recovered.isRecovered = true
        _ = pending.add(recovered, for: web, at: .zero)
        #expect(pending.causes(for: web)[config]?.isBaselineKnown == false)
        pending.settle(config, applied: content(2), current: content(3), for: web)
        #expect(pending.causes(for: web)[config]?.isBaselineKnown == true)
        pending.doubt([ConfigChange(config, .deleted, mode: .auto)], for: web)
        #expect(pending.causes(for: web)[config]?.isBaselineKnown == false)
    }

    @Test func `what was tried stays until it can be told what came of it, the same once`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        let (first, second) = (
            [ConfigChange(config, .deleted, mode: .auto)], [ConfigChange(secret, .deleted, mode: .auto)]
        )
        for write in [first, second, first] { pending.tried(write, for: web) }
        #expect(pending.hasTried(web))
        #expect(pending.takeTried(for: web) == [second, first])
        #expect(!pending.hasTried(web))
    }

    @Test func `a steady stream of changes cannot put a reload off for ever`() throws {
        var pending = pending()
        for step in 0..<100 {
            let now = Duration.milliseconds(100 * step)
            _ = pending.add(try change(config, 1, UInt8(step + 2)), for: web, at: now)
            if case .reload = pending.next(for: web, at: now) {
                #expect(now == .seconds(5))
                return
            }
        }
        Issue.record("never due")
    }

    @Test func `a delay of zero is due at once`() throws {
        var pending = PendingReloads(quietPeriod: .zero, longestDelay: .zero)
        #expect(pending.add(try change(config, 1, 2), for: web, at: .seconds(9)) == .zero)
        guard case .reload = pending.next(for: web, at: .seconds(9)) else {
            Issue.record("not due")
            return
        }
    }

    @Test func `the baseline is what the pods run with, whatever came in between`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        _ = pending.add(try change(config, 2, 3), for: web, at: .milliseconds(10))
        guard case .reload(let causes) = pending.next(for: web, at: .seconds(1)) else {
            Issue.record("not due")
            return
        }
        #expect(causes[config]?.baseline == content(1))
        #expect(causes[config]?.since == .zero)
    }

    @Test func `a settled cause is gone`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        pending.settle(config, applied: content(2), current: content(2), for: web)
        #expect(pending.next(for: web, at: .seconds(1)) == .nothing)
        #expect(pending.count == 0)
    }

    @Test func `a config that moved on during the write stays due, from what was written`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        _ = pending.add(try change(config, 2, 3), for: web, at: .milliseconds(400))
        pending.settle(config, applied: content(2), current: content(3), for: web)
        #expect(pending.next(for: web, at: .milliseconds(500)) == .wait(.milliseconds(200)))
        guard case .reload(let causes) = pending.next(for: web, at: .milliseconds(700)) else {
            Issue.record("not due")
            return
        }
        #expect(causes[config]?.baseline == content(2))
    }

    @Test func `what is settled for one workload stays due for another`() throws {
        var pending = pending()
        let other = WorkloadKey(.statefulSet, ObjectKey(namespace: "shop", name: "web"))
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        _ = pending.add(try change(config, 1, 2), for: other, at: .zero)
        pending.settle(config, applied: content(2), current: content(2), for: web)
        #expect(pending.next(for: other, at: .zero) == .wait(.milliseconds(300)))
    }

    @Test func `settling what is not pending changes nothing`() {
        var pending = pending()
        pending.settle(config, applied: content(2), current: content(3), for: web)
        #expect(pending.count == 0)
    }

    @Test func `a workload that is gone is forgotten`() throws {
        var pending = pending()
        _ = pending.add(try change(config, 1, 2), for: web, at: .zero)
        pending.forget(web)
        #expect(pending.next(for: web, at: .seconds(1)) == .nothing)
    }

    @Test func `a rollout settles what its configs held before, and nothing that came later or is deleted`() throws {
        func config(_ name: String, _ version: String) throws -> ConfigObject {
            ConfigObject(
                ConfigKey(.configMap, namespace: "shop", name: name),
                fingerprint: try #require(content(2)), resourceVersion: ResourceVersion(rawValue: version))
        }
        var pending = pending()
        let changes = [
            ObservedChange(event: .updated, config: try config("before", "9")),
            ObservedChange(event: .updated, config: try config("after", "11")),
            ObservedChange(event: .deleted, config: try config("deleted", "8")),
            ObservedChange(event: .updated, config: try config("odd", "x")),
        ]
        for change in changes { _ = pending.add(change, for: web, at: .zero) }
        pending.rolledOut(web, at: ResourceVersion(rawValue: "10"))
        #expect(pending.causes(for: web).keys.map(\.name).sorted() == ["after", "deleted", "odd"])
        #expect(pending.count == 1)
    }
}
