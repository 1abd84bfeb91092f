import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct ReloadPlanTests {
    private static let hash = "6b3093988321555757cc9b88a5f2d59101a0261c"
    private static let other = "e08040e2ea3a1a0e15556d0ffba40e3d32b5c41f"
    private static let third = "f83e99e324ba68ccc373a58ef1eb42f8ab88646a"

    private func workload(
        _ containers: [PodTemplate.Container], annotations: [String: String] = [:]
    ) -> Workload {
        Workload(
            WorkloadKey(.deployment, ObjectKey(namespace: "default", name: "web")),
            template: PodTemplate(annotations: annotations, containers: containers))
    }

    private func key(_ name: String, _ type: ConfigType = .configMap) -> ConfigKey {
        ConfigKey(type, namespace: "default", name: name)
    }

    private func updated(
        _ name: String, _ hash: String = hash, _ type: ConfigType = .configMap, mode: Decision.Mode = .auto
    ) throws -> ConfigChange {
        ConfigChange(key(name, type), .updated(try #require(Fingerprint(hex: hash))), mode: mode)
    }

    private func deleted(_ name: String, _ type: ConfigType = .configMap) -> ConfigChange {
        ConfigChange(key(name, type), .deleted, mode: .auto)
    }

    private func uses(_ name: String, _ type: ConfigType = .configMap) -> ConfigName { ConfigName(type, name) }

    private func plan(
        _ workload: Workload, _ changes: [ConfigChange], _ strategy: ReloadStrategy = .envVars
    ) -> ReloadPlan {
        ReloadPlan(workload, changes, strategy: strategy, observedAt: 1_786_340_000)
    }

    // MARK: Variables

    @Test("a changed config is one variable of one container, byte for byte")
    func oneVariable() throws {
        let plan = plan(
            workload([.init("app", environmentReferences: [uses("my-config")])]), [try updated("my-config")])
        let write = try #require(plan.write)
        #expect(
            write.patch.text
                == #"strategic {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"STAKATER_MY_CONFIG_CONFIGMAP","value":"6b3093988321555757cc9b88a5f2d59101a0261c"}]}]}}}}"#
        )
        #expect(write.containers == ["app"])
        #expect(write.changes.map(\.config) == [key("my-config")])
        #expect("\(write)" == "reload Deployment default/web for CONFIGMAP default/my-config")
        #expect(plan.skipped.isEmpty)
    }

    @Test("an equal marker needs no write, an older one is replaced")
    func markers() throws {
        let web = workload([
            .init(
                "app", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 3)],
                environmentReferences: [uses("a")])
        ])
        let same = plan(web, [try updated("a")])
        #expect(same.write == nil)
        #expect(same.skipped == [key("a"): .alreadyApplied])
        #expect(plan(web, [try updated("a", Self.other)]).write?.patch.text.contains(Self.other) == true)
    }

    @Test("an equal marker in another container does not count, except for a SecretProviderClass")
    func markerElsewhere() throws {
        func web(_ type: ConfigType) -> Workload {
            workload([
                .init("first", markers: [.init("STAKATER_A_\(type.tag)", value: Self.hash, index: 0)]),
                .init("app", environmentReferences: [uses("a", type)]),
            ])
        }
        #expect(plan(web(.configMap), [try updated("a")]).write != nil)
        let csi = plan(web(.secretProviderClass), [try updated("a", Self.hash, .secretProviderClass)])
        #expect(csi.skipped == [key("a", .secretProviderClass): .alreadyApplied])
        #expect(
            plan(web(.secretProviderClass), [try updated("a", Self.other, .secretProviderClass)]).write?.containers == [
                "app"
            ])
    }

    @Test("an unused config needs a list to find a container")
    func noContainer() throws {
        let web = workload([.init("app"), .init("side")])
        #expect(plan(web, [try updated("a")]).skipped == [key("a"): .noContainer])
        #expect(plan(web, [try updated("a", mode: .named)]).write?.containers == ["app"])
        #expect(plan(workload([]), [try updated("a", mode: .named)]).skipped == [key("a"): .noContainer])
        #expect(plan(web, []).write == nil)
    }

    @Test("several configs are one patch: containers in the workload's order, markers by name")
    func merged() throws {
        let web = workload([
            .init("zebra", environmentReferences: [uses("c"), uses("b")]),
            .init("app", environmentReferences: [uses("a"), uses("s", .secret)]),
        ])
        let write = try #require(
            plan(
                web,
                [
                    try updated("a"), try updated("s", Self.other, .secret), try updated("c", Self.third),
                    try updated("b", Self.third),
                ]
            ).write)
        #expect(
            write.patch.text == "strategic "
                + #"{"spec":{"template":{"spec":{"containers":["#
                + #"{"name":"zebra","env":[{"name":"STAKATER_B_CONFIGMAP","value":"\#(Self.third)"},{"name":"STAKATER_C_CONFIGMAP","value":"\#(Self.third)"}]},"#
                + #"{"name":"app","env":[{"name":"STAKATER_A_CONFIGMAP","value":"\#(Self.hash)"},{"name":"STAKATER_S_SECRET","value":"\#(Self.other)"}]}"#
                + "]}}}}")
        #expect(write.containers == ["zebra", "app"])
        #expect(write.changes.map(\.config.name) == ["a", "s", "c", "b"])
    }

    @Test("what is applied already is left out of a merged patch")
    func mergedWithApplied() throws {
        let web = workload([
            .init(
                "app", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 0)],
                environmentReferences: [uses("a"), uses("b")])
        ])
        let plan = plan(web, [try updated("a"), try updated("b", Self.other), try updated("nowhere")])
        #expect(plan.write?.changes.map(\.config.name) == ["b"])
        #expect(plan.skipped == [key("a"): .alreadyApplied, key("nowhere"): .noContainer])
    }

    @Test("configs that share a marker write it once, with the newest content")
    func collision() throws {
        let web = workload([.init("app", environmentReferences: [uses("a-b"), uses("a.b")])])
        let write = try #require(plan(web, [try updated("a.b"), try updated("a-b", Self.other)]).write)
        #expect(
            write.patch.text
                == #"strategic {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"STAKATER_A_B_CONFIGMAP","value":"\#(Self.other)"}]}]}}}}"#
        )
        #expect(write.changes.count == 2)
    }

    // MARK: Deletions

    @Test("a marker that was left in another container goes with the write that is due, unless somebody owns it")
    func staleMarkers() throws {
        func web(_ others: [ConfigName]) -> Workload {
            workload([
                .init(
                    "old", markers: [.init("STAKATER_A_B_CONFIGMAP", value: Self.other, index: 0)],
                    environmentReferences: others),
                .init("app", environmentReferences: [uses("a-b")]),
            ])
        }
        let write = try #require(plan(web([]), [try updated("a-b")]).write)
        #expect(
            write.patch.text
                == #"strategic {"spec":{"template":{"spec":{"containers":[{"name":"old","env":[{"name":"STAKATER_A_B_CONFIGMAP","$patch":"delete"}]},"#
                + #"{"name":"app","env":[{"name":"STAKATER_A_B_CONFIGMAP","value":"\#(Self.hash)"}]}]}}}}"#)
        #expect(write.containers == ["app"])
        let owned = try #require(plan(web([uses("a.b")]), [try updated("a-b")]).write)
        #expect(!owned.patch.text.contains("delete"))
        #expect(plan(web([]), []).write == nil)
    }

    @Test("a deleted config removes its marker, after a test that it is the right one")
    func deletion() throws {
        let web = workload([
            .init("first"),
            .init(
                "app", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 4)],
                environmentReferences: [uses("a")]),
        ])
        let path = "/spec/template/spec/containers/1/env/4"
        #expect(
            plan(web, [deleted("a")]).write?.patch.text
                == #"json [{"op":"test","path":"\#(path)/name","value":"STAKATER_A_CONFIGMAP"},{"op":"remove","path":"\#(path)"}]"#
        )
    }

    @Test("a deleted config without a marker needs no write")
    func deletionWithoutMarker() {
        let web = workload([
            .init("first", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 0)]),
            .init("app", environmentReferences: [uses("a")]),
        ])
        #expect(plan(web, [deleted("a")]).skipped == [key("a"): .noMarker])
    }

    @Test("several markers are removed from the back, so that positions stay right")
    func deletions() throws {
        let web = workload([
            .init(
                "app",
                markers: [
                    .init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 0),
                    .init("STAKATER_B_CONFIGMAP", value: Self.hash, index: 2),
                ], environmentReferences: [uses("a"), uses("b")])
        ])
        let text = try #require(plan(web, [deleted("a"), deleted("b")]).write).patch.text
        #expect(
            text
                == #"json [{"op":"test","path":"/spec/template/spec/containers/0/env/2/name","value":"STAKATER_B_CONFIGMAP"},"#
                + #"{"op":"remove","path":"/spec/template/spec/containers/0/env/2"},"#
                + #"{"op":"test","path":"/spec/template/spec/containers/0/env/0/name","value":"STAKATER_A_CONFIGMAP"},"#
                + #"{"op":"remove","path":"/spec/template/spec/containers/0/env/0"}]"#)
    }

    @Test("updates and deletions together are one strategic patch with a delete directive")
    func mixed() throws {
        let web = workload([
            .init(
                "app", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 0)],
                environmentReferences: [uses("a"), uses("b")])
        ])
        #expect(
            plan(web, [deleted("a"), try updated("b")]).write?.patch.text
                == #"strategic {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"STAKATER_A_CONFIGMAP","$patch":"delete"},{"name":"STAKATER_B_CONFIGMAP","value":"\#(Self.hash)"}]}]}}}}"#
        )
    }

    // MARK: The annotation

    @Test("the annotation records the config, byte for byte")
    func annotation() throws {
        let web = workload([.init("app", environmentReferences: [uses("my-config")])])
        let write = try #require(plan(web, [try updated("my-config")], .annotations).write)
        #expect(
            write.patch.text
                == #"strategic {"spec":{"template":{"metadata":{"annotations":{"reloader.stakater.com/last-reloaded-from":"{\"type\":\"CONFIGMAP\",\"name\":\"my-config\",\"namespace\":\"default\",\"hash\":\"6b3093988321555757cc9b88a5f2d59101a0261c\",\"containerRefs\":[\"app\"],\"observedAt\":1786340000}"}}}}}"#
        )
        #expect(write.containers == ["app"])
    }

    @Test("a deletion is recorded with the fingerprint that stands for it")
    func annotationDeletion() throws {
        let web = workload([.init("app", environmentReferences: [uses("my-config")])])
        let text = try #require(plan(web, [deleted("my-config")], .annotations).write).patch.text
        #expect(text.contains(#"\"hash\":\"aae45badef99284e4dae01d6046154ea9d99532f\""#))
    }

    @Test("of several configs the newest is recorded")
    func annotationMerged() throws {
        let web = workload([
            .init("one", environmentReferences: [uses("a")]), .init("two", environmentReferences: [uses("b")]),
        ])
        let write = try #require(plan(web, [try updated("a"), try updated("b", Self.other)], .annotations).write)
        #expect(
            write.patch.text.contains(
                #"\"name\":\"b\",\"namespace\":\"default\",\"hash\":\"\#(Self.other)\",\"containerRefs\":[\"two\"]"#))
        #expect(write.changes.map(\.config.name) == ["a", "b"])
        #expect(write.containers == ["two"])
    }

    @Test("an annotation that records the same config and content needs no write")
    func annotationApplied() throws {
        let last = LastReload(
            config: key("a"), fingerprint: try #require(Fingerprint(hex: Self.hash)), container: "app", observedAt: 5)
        let web = workload(
            [.init("app", environmentReferences: [uses("a"), uses("b")])],
            annotations: ["reloader.stakater.com/last-reloaded-from": last.annotation])
        #expect(plan(web, [try updated("a")], .annotations).skipped == [key("a"): .alreadyApplied])
        #expect(plan(web, [try updated("a", Self.other)], .annotations).write != nil)
        #expect(plan(web, [try updated("b")], .annotations).write != nil)
        #expect(plan(web, [deleted("a")], .annotations).write != nil)
        #expect(
            plan(web, [try updated("b"), try updated("a")], .annotations).write?.changes.map(\.config.name) == ["b"])
    }

    @Test(
        "what was to be written with the change that is recorded has arrived, no other write has",
        arguments: [false, true])
    func arrived(isRestarted: Bool) throws {
        func change(_ name: String, _ version: String) throws -> ConfigChange {
            ConfigChange(
                key(name), .updated(try #require(Fingerprint(hex: Self.hash))), mode: .auto,
                version: .init(rawValue: version))
        }
        let (first, second) = ([try change("a", "10"), try change("b", "12")], [try change("a", "14")])
        func arrived(_ tried: [[ConfigChange]], recorded name: String) throws -> [ConfigChange] {
            let last = LastReload(
                config: key(name), fingerprint: try #require(Fingerprint(hex: Self.hash)), container: "app",
                observedAt: 5)
            let record = ["reloader.stakater.com/last-reloaded-from": last.annotation]
            let restart = ["reloader.stakater.com/rollout-strategy": "restart"]
            let workload = Workload(
                WorkloadKey(isRestarted ? .rollout : .deployment, ObjectKey(namespace: "default", name: "web")),
                annotations: isRestarted ? record.merging(restart) { $1 } : [:],
                template: PodTemplate(
                    annotations: isRestarted ? [:] : record,
                    containers: [.init("app", environmentReferences: [uses("a"), uses("b")])]))
            return ReloadPlan.arrived(
                tried, in: workload, strategy: isRestarted ? .envVars : .annotations, keys: .init())
        }
        #expect(try arrived([first], recorded: "b") == first)
        // Recorded is an older write.
        #expect(try arrived([first], recorded: "c") == [])
        #expect(try arrived([first], recorded: "a") == [])
        #expect(try arrived([first, second], recorded: "a") == second)
        #expect(try arrived([first, second], recorded: "b") == first)
        #expect(try arrived([], recorded: "a") == [])
    }

    @Test func `markers tell of each change whether it has arrived`() throws {
        let web = workload([
            .init(
                "app", markers: [.init("STAKATER_A_CONFIGMAP", value: Self.hash, index: 0)],
                environmentReferences: [uses("a"), uses("b")])
        ])
        let tried = [[try updated("a"), try updated("b")], [try updated("a", Self.other), deleted("b")]]
        #expect(
            ReloadPlan.arrived(tried, in: web, strategy: .envVars, keys: .init()) == [try updated("a"), deleted("b")])
    }

    @Test("the annotation is read as it is written")
    func roundTrip() throws {
        let text =
            #"{"type":"CONFIGMAP","name":"my-config","namespace":"default","hash":"6b3093988321555757cc9b88a5f2d59101a0261c","containerRefs":["app"],"observedAt":1786340000}"#
        let last = try #require(LastReload(annotation: text))
        #expect(last.annotation == text)
        #expect(last.config == key("my-config"))
        #expect(last.observedAt == 1_786_340_000)
    }

    @Test(
        "another text is no record",
        arguments: [
            "", "{}", "null", "x", #"{"type":"CONFIGMAP","hash":"12"}"#,
            #"{"type":"POD","hash":"6b3093988321555757cc9b88a5f2d59101a0261c"}"#,
        ])
    func notARecord(_ text: String) { #expect(LastReload(annotation: text) == nil) }

    @Test("strategies have the names of the flag's values")
    func strategies() { #expect(ReloadStrategy.allCases.map(\.rawValue) == ["env-vars", "annotations"]) }
}
