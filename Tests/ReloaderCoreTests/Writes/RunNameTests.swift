import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct RunNameTests {
    private func change(_ name: String, _ content: Fingerprint? = .empty, _ version: String = "7") -> ConfigChange {
        ConfigChange(
            ConfigKey(.configMap, namespace: "shop", name: name), content.map { .updated($0) } ?? .deleted, mode: .auto,
            version: ResourceVersion(rawValue: version))
    }

    private func name(_ changes: [ConfigChange], uid: String = "u", cronJob: String = "report") -> String {
        RunName.name(ofCronJob: cronJob, uid: uid, for: changes)
    }

    @Test func `the same changes give the same name in every process, in whatever order`() {
        #expect(name([change("a"), change("b")]) == name([change("b"), change("a")]))
        #expect(name([change("a")]) == "report-gcrb64bhms")
    }

    @Test func `another incarnation, content, version, config or event gives another name`() {
        let names = [
            name([change("a")]), name([change("a")], uid: "v"), name([change("a", .deletion)]),
            name([change("a", .empty, "8")]), name([change("b")]), name([change("a", nil)]),
            name([change("a"), change("b", nil)]),
        ]
        #expect(Set(names).count == names.count)
    }

    @Test func `the newest change names the run, whatever else it brings, so that the run is found again`() {
        #expect(name([change("a", .empty, "8"), change("b", .empty, "10")]) == name([change("b", .empty, "10")]))
        #expect(name([change("a", .empty, "11"), change("b", .empty, "10")]) != name([change("b", .empty, "10")]))
    }

    @Test func `the longest name of a CronJob still gives a name that a Job may have`() {
        let name = name([change("a")], cronJob: String(repeating: "x", count: 52))
        #expect(name.utf8.count == 63)
    }
}
