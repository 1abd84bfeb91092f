import KubeClient
import ReloaderCore
import Testing

@Suite struct ReloadPolicyTests {
    static let auto = "reloader.stakater.com/auto"
    static let typedAuto = "configmap.reloader.stakater.com/auto"
    static let list = "configmap.reloader.stakater.com/reload"
    static let secretList = "secret.reloader.stakater.com/reload"
    static let exclude = "configmaps.exclude.reloader.stakater.com/reload"
    static let search = "reloader.stakater.com/search"
    static let ignore = "reloader.stakater.com/ignore"

    /// One row: what the workload and the config say, and the reason expected.
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var annotations: [String: String] = [:]
        var template: [String: String] = [:]
        var type = ConfigType.configMap
        var isIgnored = false
        var isMatch = false
        var isReferenced = true
        var all = false
        var expected: String

        init(
            _ name: String, _ annotations: [String: String] = [:], template: [String: String] = [:],
            type: ConfigType = .configMap, isIgnored: Bool = false, isMatch: Bool = false, referenced: Bool = true,
            all: Bool = false, is expected: String
        ) {
            testDescription = name
            self.annotations = annotations
            self.template = template
            self.type = type
            self.isIgnored = isIgnored
            self.isMatch = isMatch
            isReferenced = referenced
            self.all = all
            self.expected = expected
        }

        var decision: Decision {
            ReloadPolicy(autoReloadAll: all).decide(
                .init(
                    kind: "Deployment", annotations: annotations, templateAnnotations: template,
                    config: ConfigName(type, "app-config"), isIgnored: isIgnored, isMatch: isMatch,
                    isReferenced: isReferenced))
        }
    }

    static let yes: Set = ["named", "search-match", "auto", "auto-reload-all"]

    static let vectors = [
        Row("none", is: "not-opted-in"),
        Row("none, all", all: true, is: "auto-reload-all"),
        Row("none, all, unreferenced", referenced: false, all: true, is: "not-referenced"),
        Row("auto", [auto: "true"], is: "auto"),
        Row("auto, unreferenced", [auto: "true"], referenced: false, is: "not-referenced"),
        Row("auto=TRUE", [auto: "TRUE"], is: "auto"),
        Row("auto=1", [auto: "1"], is: "auto"),
        Row("auto=t", [auto: "t"], is: "auto"),
        Row("auto=yes", [auto: "yes"], is: "auto-off"),
        Row("auto=yes, all", [auto: "yes"], all: true, is: "auto-off"),
        Row("auto=false, typed auto", [auto: "false", typedAuto: "true"], is: "auto"),
        Row("auto=false, list", [auto: "false", list: "app-config"], referenced: false, is: "named"),
        Row("list with spaces", [list: " other , app-config "], referenced: false, is: "named"),
        Row("list with a pattern", [list: "app-.*"], referenced: false, is: "named"),
        Row("list with a prefix", [list: "app"], is: "list-unmatched"),
        Row("list with an invalid pattern", [list: "bad[,app-config"], referenced: false, is: "named"),
        Row("list and exclude", [list: "app-config", exclude: "app-config"], is: "excluded"),
        Row("exclude is literal", [exclude: "app-.*", auto: "true"], is: "auto"),
        Row("exclude with spaces", [exclude: "x, app-config ", auto: "true"], is: "excluded"),
        Row(
            "exclude of another type", ["secrets.exclude.reloader.stakater.com/reload": "app-config", auto: "true"],
            is: "auto"),
        Row("exclude on the template means nothing", [auto: "true"], template: [exclude: "app-config"], is: "auto"),
        Row("search and match", [search: "true"], isMatch: true, is: "search-match"),
        Row("search and match, unreferenced", [search: "true"], isMatch: true, referenced: false, is: "not-referenced"),
        Row("search=True and match", [search: "True"], isMatch: true, is: "not-opted-in"),
        Row("search without match", [search: "true"], is: "search-unmatched"),
        Row("search without match, all", [search: "true"], all: true, is: "auto-reload-all"),
        Row("match without search", isMatch: true, is: "not-opted-in"),
        Row(
            "search and match win over auto=false", [search: "true", auto: "false"], isMatch: true, is: "search-match"),
        Row("ignored config", [list: "app-config"], isIgnored: true, is: "config-ignored"),
        Row("ignored config, all", isIgnored: true, all: true, is: "config-ignored"),
        Row("ignore on the workload means nothing", [ignore: "true", auto: "true"], is: "auto"),
        Row("template auto", template: [auto: "true"], is: "auto"),
        Row(
            "template auto, search=false on the workload", [search: "false"], template: [auto: "true"],
            is: "not-opted-in"),
        Row("template auto, empty list on the workload", [list: ""], template: [auto: "true"], is: "list-unmatched"),
        Row(
            "template list, secret list on the workload", [secretList: "x"], template: [list: "app-config"],
            referenced: false, is: "named"),
        Row("template list, auto on the workload", [auto: "false"], template: [list: "app-config"], is: "auto-off"),
        Row("typed auto=false, all", [typedAuto: "false"], all: true, is: "auto-off"),
        Row("typed auto=false, all, Secret", [typedAuto: "false"], type: .secret, all: true, is: "auto-reload-all"),
        Row("typed auto, Secret", [typedAuto: "true"], type: .secret, is: "not-opted-in"),
        Row("list of ConfigMaps, Secret", [list: "app-config"], type: .secret, is: "not-opted-in"),
        Row("auto, SecretProviderClass", [auto: "true"], type: .secretProviderClass, is: "auto"),
        Row(
            "typed auto, SecretProviderClass", ["secretproviderclass.reloader.stakater.com/auto": "true"],
            type: .secretProviderClass, is: "auto"),
        Row("empty auto, all", [auto: ""], all: true, is: "auto-reload-all"),
        Row("list, auto and reference", [list: "app-config", auto: "true"], is: "named"),
        Row("unmatched list, auto", [list: "other", auto: "true"], is: "auto"),
    ]

    @Test("the decision vectors", arguments: vectors)
    func vector(_ row: Row) {
        let decision = row.decision
        #expect(decision.reason.code == row.expected)
        #expect(decision.isReload == Self.yes.contains(row.expected))
        #expect(decision.mode == (row.expected == "named" ? .named : decision.isReload ? .auto : nil))
        #expect(decision.reason.sentence.last == ".")
    }

    /// General auto, typed auto, and the results without and with auto-reload-all.
    @Test(
        "the truth table of the auto annotations",
        arguments: [
            (nil, nil, false, true), ("", nil, false, true), (nil, "", false, true), ("", "", false, true),
            ("true", nil, true, true), ("true", "", true, true), ("true", "false", true, true),
            ("true", "no", true, true),
            ("true", "true", true, true), (nil, "true", true, true), ("", "true", true, true),
            ("false", "true", true, true),
            ("nope", "true", true, true), ("false", nil, false, false), ("false", "", false, false),
            ("false", "false", false, false), ("false", "nope", false, false), ("nope", nil, false, false),
            ("nope", "", false, false), ("nope", "false", false, false), (nil, "false", false, false),
            (nil, "nope", false, false), ("", "false", false, false), ("", "nope", false, false),
        ] as [(String?, String?, Bool, Bool)])
    func truthTable(_ general: String?, _ typed: String?, _ alone: Bool, _ all: Bool) {
        var annotations: [String: String] = [:]
        annotations[Self.auto] = general
        annotations[Self.typedAuto] = typed
        #expect(Row("", annotations, is: "").decision.isReload == alone)
        #expect(Row("", annotations, all: true, is: "").decision.isReload == all)
        // Without a reference none of them reloads.
        #expect(!Row("", annotations, referenced: false, all: true, is: "").decision.isReload)
    }

    @Test("an invalid pattern is reported with the decision, whatever it is")
    func invalidPatterns() {
        let yes = Row("", [Self.list: "bad[,app-config"], is: "").decision
        #expect(yes.isReload)
        #expect(yes.invalidPatterns.map(\.item) == ["bad["])
        let no = Row("", [Self.list: "bad["], is: "").decision
        #expect(!no.isReload)
        #expect(no.invalidPatterns.map(\.description) == ["error parsing regexp: missing closing ]: `[$`"])
    }

    @Test("workloads of ignored kinds are never reloaded")
    func ignoredKinds() {
        let policy = ReloadPolicy(autoReloadAll: true, ignoredKinds: ["Job"])
        var question = ReloadPolicy.Question(kind: "Job", config: ConfigName(.configMap, "a"), isReferenced: true)
        #expect(policy.decide(question).reason == .kindIgnored(kind: "Job"))
        question.kind = "CronJob"
        #expect(policy.decide(question).isReload)
    }

    @Test("a changed key replaces the default one")
    func customKeys() {
        var keys = AnnotationKeys()
        (keys.auto, keys.configMapReload, keys.ignore, keys.search, keys.match) = (
            "my/auto", "my/cm", "my/ignore", "my/search", "my/match"
        )
        let policy = ReloadPolicy(keys: keys)
        func code(_ annotations: [String: String], _ config: [String] = []) -> String {
            let key = ConfigKey(.configMap, namespace: "ns", name: "app-config")
            let template = PodTemplate(containers: [.init("app", environmentReferences: [key.configName])])
            return policy.decide(
                Workload(
                    WorkloadKey(.deployment, ObjectKey(namespace: "ns", name: "w")), annotations: annotations,
                    template: template),
                ConfigObject(key, fingerprint: .empty, trueAnnotations: config)
            ).reason.code
        }
        #expect(code(["my/auto": "true"]) == "auto")
        #expect(code([Self.auto: "true"]) == "not-opted-in")
        #expect(code(["my/cm": "app-config"]) == "named")
        #expect(code(["my/auto": "true"], ["my/ignore"]) == "config-ignored")
        #expect(code(["my/auto": "true"], [Self.ignore]) == "auto")
        #expect(code(["my/search": "true"], ["my/match"]) == "search-match")
        #expect(code(["my/search": "true"], ["reloader.stakater.com/match"]) == "search-unmatched")
    }

    @Test("a decision explains itself")
    func description() {
        #expect(
            "\(Row("", [Self.auto: "yes"], is: "").decision)"
                == "no reload (auto-off): Annotation reloader.stakater.com/auto has the value 'yes', which is not true."
        )
        #expect(
            "\(Row("", [Self.list: "app-.*"], is: "").decision)"
                == "reload (named): Item 'app-.*' of annotation configmap.reloader.stakater.com/reload matches the name."
        )
    }
}
