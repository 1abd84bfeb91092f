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

    @Test func `the oldest are forgotten`() throws {
        var departed = DepartedConfigs()
        for number in 0..<1100 { departed.remember(try config("c\(number)", 1)) }
        #expect(departed.identify(ObservedChange(event: .created, config: try config("c0", 2))).event == .created)
        #expect(departed.identify(ObservedChange(event: .created, config: try config("c1099", 2))).event == .updated)
    }
}
