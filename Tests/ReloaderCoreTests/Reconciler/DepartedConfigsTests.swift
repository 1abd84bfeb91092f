import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct DepartedConfigsTests {
    private func config(_ name: String, _ byte: UInt8) throws -> ConfigObject {
        ConfigObject(
            ConfigKey(.configMap, namespace: "shop", name: name),
            fingerprint: try #require(Fingerprint(bytes: [UInt8](repeating: byte, count: 20))))
    }

    @Test func `a config that comes back is an update, once`() throws {
        var departed = DepartedConfigs()
        departed.remember(try config("a", 1))
        let back = departed.identify(ObservedChange(event: .created, config: try config("a", 2)))
        #expect(back.event == .updated)
        #expect(back.old?.fingerprint == (try config("a", 1)).fingerprint)
        #expect(departed.identify(ObservedChange(event: .created, config: try config("a", 3))).event == .created)
    }

    @Test func `what was not there before is created, and what happens to others stays what it is`() throws {
        var departed = DepartedConfigs()
        departed.remember(try config("a", 1))
        #expect(departed.identify(ObservedChange(event: .created, config: try config("b", 1))).event == .created)
        #expect(departed.identify(ObservedChange(event: .deleted, config: try config("a", 1))).event == .deleted)
    }

    @Test func `what workloads waited for comes back with it, even when that is heard of before the deletion`() throws {
        let web = WorkloadKey(.deployment, ObjectKey(namespace: "shop", name: "web"))
        let cause = PendingReloads.Cause(
            event: .updated, config: try config("a", 2), baseline: try config("a", 1).fingerprint, since: .zero)
        for isFirst in [true, false] {
            var departed = DepartedConfigs()
            if isFirst { departed.remember(cause, of: web) }
            departed.remember(try config("a", 2))
            if !isFirst { departed.remember(cause, of: web) }
            let back = departed.identify(ObservedChange(event: .created, config: try config("a", 2)))
            #expect(back.waiting == [web: cause])
            #expect(back.skipReason(ReloaderOptions()) == nil)
            var pending = PendingReloads(quietPeriod: .zero, longestDelay: .zero)
            _ = pending.add(back, for: web, at: .seconds(1))
            #expect(pending.causes(for: web)[cause.config.key]?.baseline == cause.baseline)
            departed.remember(try config("a", 2))
            let again = departed.identify(ObservedChange(event: .created, config: try config("a", 2)))
            #expect(again.skipReason(ReloaderOptions()) == .noDataChange)
        }
    }

    @Test func `the oldest are forgotten`() throws {
        var departed = DepartedConfigs()
        for number in 0..<1100 { departed.remember(try config("c\(number)", 1)) }
        #expect(departed.identify(ObservedChange(event: .created, config: try config("c0", 2))).event == .created)
        #expect(departed.identify(ObservedChange(event: .created, config: try config("c1099", 2))).event == .updated)
    }
}
