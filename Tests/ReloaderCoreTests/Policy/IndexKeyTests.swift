import KubeClient
import ReloaderCore
import Testing

@Suite struct IndexKeyTests {
    /// A workload that uses ConfigMap `used` and Secret `hidden`.
    private func keys(
        _ annotations: [String: String], template: [String: String] = [:], policy: ReloadPolicy = .init()
    ) -> Set<ConfigIndexKey> {
        let workload = Workload(
            WorkloadKey(.deployment, ObjectKey(namespace: "ns", name: "w")), annotations: annotations,
            template: PodTemplate(
                annotations: template,
                containers: [
                    .init(
                        "app", environmentReferences: [ConfigName(.configMap, "used"), ConfigName(.secret, "hidden")])
                ]))
        return Set(policy.indexKeys(for: workload))
    }

    private func config(_ type: ConfigType, _ name: String) -> ConfigIndexKey {
        .config(ConfigKey(type, namespace: "ns", name: name))
    }

    @Test("a workload that asks for nothing is not indexed")
    func notOptedIn() {
        #expect(keys([:]).isEmpty)
        #expect(keys([ReloadPolicyTests.auto: "false"], policy: .init(autoReloadAll: true)).isEmpty)
    }

    @Test("auto indexes what is used")
    func auto() {
        let both: Set = [config(.configMap, "used"), config(.secret, "hidden")]
        #expect(keys([ReloadPolicyTests.auto: "true"]) == both)
        #expect(keys([:], template: [ReloadPolicyTests.auto: "true"]) == both)
        #expect(keys([:], policy: .init(autoReloadAll: true)) == both)
        #expect(keys([ReloadPolicyTests.search: "true"]) == both)
        #expect(keys([ReloadPolicyTests.typedAuto: "true"]) == [config(.configMap, "used")])
    }

    @Test("lists index what they name, used or not")
    func lists() {
        #expect(keys([ReloadPolicyTests.list: "a, b"]) == [config(.configMap, "a"), config(.configMap, "b")])
        #expect(
            keys([ReloadPolicyTests.list: "a,b.*,bad["])
                == [config(.configMap, "a"), .patterns(.configMap, namespace: "ns")])
        #expect(keys([ReloadPolicyTests.secretList: "x*"]) == [.patterns(.secret, namespace: "ns")])
    }

    @Test("what is excluded is not indexed")
    func excluded() {
        #expect(
            keys([ReloadPolicyTests.auto: "true", ReloadPolicyTests.list: "a", ReloadPolicyTests.exclude: "used,a"])
                == [config(.secret, "hidden")])
    }

    @Test("ignored kinds are not indexed")
    func ignoredKinds() {
        #expect(keys([ReloadPolicyTests.auto: "true"], policy: .init(ignoredKinds: ["Deployment"])).isEmpty)
    }

    @Test("a changed config is looked up under its own key and under patterns of its type and namespace")
    func lookup() {
        let key = ConfigKey(.secret, namespace: "ns", name: "s")
        #expect(ConfigIndexKey.lookup(for: key) == [.config(key), .patterns(.secret, namespace: "ns")])
    }

    @Test("invalid items of all types are reported")
    func invalid() {
        let workload = Workload(
            WorkloadKey(.deployment, ObjectKey(namespace: "ns", name: "w")),
            annotations: [ReloadPolicyTests.list: "a[", ReloadPolicyTests.secretList: "b**"])
        #expect(ReloadPolicy().invalidPatterns(of: workload).map(\.pattern.item) == ["a[", "b**"])
    }
}
