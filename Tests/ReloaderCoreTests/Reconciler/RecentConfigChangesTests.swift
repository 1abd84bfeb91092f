import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct RecentConfigChangesTests {
    private let config = ConfigKey(.configMap, namespace: "shop", name: "app")

    private func recent(version: String) throws -> RecentConfigChanges {
        let fingerprint = try #require(Fingerprint(bytes: [UInt8](repeating: 7, count: 20)))
        var recent = RecentConfigChanges()
        let object = ConfigObject(config, fingerprint: fingerprint, resourceVersion: .init(rawValue: version))
        recent.add(ObservedChange(event: .updated, config: object), at: .seconds(100))
        return recent
    }

    @Test(
        "only what was written before the change, uses the config, and is heard of soon has missed it",
        arguments: [
            ("9", "10", 101, 1), ("11", "10", 101, 0), ("10", "10", 101, 0), ("9", "10", 700, 1), ("9", "10", 701, 0),
            ("x", "10", 101, 0),
        ] as [(String, String, Int, Int)])
    func missed(workload: String, config version: String, at second: Int, count: Int) throws {
        let missed = try recent(version: version).slept(
            through: ResourceVersion(rawValue: workload), indexKeys: [.config(config)], at: .seconds(second))
        #expect(missed.count == count)
    }

    @Test func `a workload that does not use the config has missed nothing`() throws {
        let other = ConfigKey(.configMap, namespace: "shop", name: "other")
        let missed = try recent(version: "10").slept(
            through: ResourceVersion(rawValue: "9"), indexKeys: [.config(other)], at: .seconds(101))
        #expect(missed.isEmpty)
    }

    @Test func `of many changes the newest are remembered, each for its ten minutes`() throws {
        let fingerprint = try #require(Fingerprint(bytes: [UInt8](repeating: 7, count: 20)))
        var recent = RecentConfigChanges()
        for second in 0..<5000 {
            let object = ConfigObject(
                config, fingerprint: fingerprint, resourceVersion: .init(rawValue: "\(1000 + second)"))
            recent.add(ObservedChange(event: .updated, config: object), at: .milliseconds(1000 + second))
        }
        func versions(at now: Duration) -> [String] {
            recent.slept(through: ResourceVersion(rawValue: "1"), indexKeys: [.config(config)], at: now)
                .map(\.change.config.resourceVersion.rawValue)
        }
        #expect(versions(at: .seconds(6)) == (4976..<6000).map { "\($0)" })
        #expect(versions(at: .milliseconds(605_998)) == ["5998", "5999"])
        #expect(versions(at: .seconds(607)).isEmpty)
    }
}
