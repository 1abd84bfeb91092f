import ReloaderCore

extension Scenario {
    /// Secrets that a CSI driver mounts: played elsewhere.
    static let csi: Set<Int> = [3, 7, 22, 23, 28, 31, 32, 33, 34, 51, 52, 53, 69, 70]

    private typealias Uses = [(Fixture.Use, Fixture.Place)]
    private static let both: [ReloadStrategy] = [.annotations, .envVars]

    private static let (configMap, secret) = ("configmap.reloader.stakater.com", "secret.reloader.stakater.com")
    private static let auto = ["reloader.stakater.com/auto": "true"]
    private static let pause = "deployment.reloader.stakater.com/pause-period"
    private static func list(configMaps: String) -> [String: String] { ["\(configMap)/reload": configMaps] }
    private static func list(secrets: String) -> [String: String] { ["\(secret)/reload": secrets] }
    private static func exclude(configMaps: String) -> [String: String] {
        ["configmaps.exclude.reloader.stakater.com/reload": configMaps]
    }
    private static func exclude(secrets: String) -> [String: String] {
        ["secrets.exclude.reloader.stakater.com/reload": secrets]
    }

    private static func all(_ annotations: [String: String]...) -> [String: String] {
        annotations.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    private static let configMapA: Uses = [(.configMap("a"), .envFrom)]
    private static let secretA: Uses = [(.secret("a"), .envFrom)]
    private static let configMapAndSecretA: Uses = [(.configMap("a"), .envFrom), (.secret("a"), .envFrom)]
    private static let configMapsAB: Uses = [(.configMap("a"), .envFrom), (.configMap("b"), .envFrom)]
    private static let secretsAB: Uses = [(.secret("a"), .envFrom), (.secret("b"), .envFrom)]

    static let table: [Scenario] =
        annotationsStrategy + variablesStrategy + referenceMethods + annotationSuite + laterOnes

    // 15.1 core / workloads
    private static let annotationsStrategy: [Scenario] = [
        .init(
            1, "named ConfigMap, envFrom", Fixture.Kind.five, own: list(configMaps: "a"),
            uses: configMapA, when: .configMap("a"), then: true),
        .init(
            2, "named Secret, envFrom", Fixture.Kind.five, own: list(secrets: "a"), uses: secretA,
            when: .secret("a"), then: true),
        .init(
            4, "auto, ConfigMap envFrom", Fixture.Kind.five, own: auto, uses: configMapA,
            when: .configMap("a"), then: true),
        .init(
            5, "named ConfigMap, only its labels change", Fixture.Kind.five, own: list(configMaps: "a"),
            uses: configMapA, when: .labelsOfConfigMap("a"), then: false),
        .init(
            6, "named Secret, only its labels change", Fixture.Kind.five, own: list(secrets: "a"),
            uses: secretA, when: .labelsOfSecret("a"), then: false),
        .init(
            8, "CronJob with a named ConfigMap", [.cronJob], own: list(configMaps: "a"),
            uses: configMapA, when: .configMap("a"), then: true),
        .init(
            9, "CronJob with a named Secret", [.cronJob], own: list(secrets: "a"), uses: secretA,
            when: .secret("a"), then: true),
        .init(
            10, "CronJob with auto", [.cronJob], own: auto, uses: configMapA, when: .configMap("a"),
            then: true),
        .init(
            11, "named ConfigMap as a volume", Fixture.Kind.five, own: list(configMaps: "a"),
            uses: [(.configMap("a"), .volume)], when: .configMap("a"), then: true),
        .init(
            12, "named Secret as a volume", Fixture.Kind.five, own: list(secrets: "a"), uses: [(.secret("a"), .volume)],
            when: .secret("a"), then: true),
        .init(
            13, "no annotations", Fixture.Kind.three, uses: configMapA, when: .configMap("a"),
            then: false),
        .init(
            14, "two named ConfigMaps, the second is not used", Fixture.Kind.five, own: list(configMaps: "a,b"),
            uses: configMapA, when: .configMap("b"), then: true),
        .init(
            15, "two named Secrets, the second is not used", Fixture.Kind.five, own: list(secrets: "a,b"),
            uses: secretA, when: .secret("b"), then: true),
        .init(
            16, "named ConfigMap changes twice", Fixture.Kind.five, own: list(configMaps: "a"),
            uses: configMapA, when: .configMap("a"), .configMap("a"), then: true),
        .init(
            17, "named ConfigMap and Secret, the Secret changes", Fixture.Kind.five,
            own: all(list(configMaps: "a"), list(secrets: "a")),
            uses: configMapAndSecretA, when: .secret("a"), then: true),
        .init(
            18, "auto is false", Fixture.Kind.five, own: ["reloader.stakater.com/auto": "false"],
            uses: configMapA, when: .configMap("a"), then: false),
        .init(
            19, "named ConfigMap on the template only", Fixture.Kind.five, template: list(configMaps: "a"),
            uses: configMapA, when: .configMap("a"), then: true),
        .init(
            20, "named Secret on the template only", Fixture.Kind.five, template: list(secrets: "a"),
            uses: secretA, when: .secret("a"), then: true),
        .init(
            21, "auto on the template only", Fixture.Kind.five, template: auto, uses: configMapA,
            when: .configMap("a"), then: true),
        .init(
            24, "named ConfigMap on both", Fixture.Kind.five, own: list(configMaps: "a"),
            template: list(configMaps: "a"), uses: configMapA, when: .configMap("a"), then: true),
        .init(
            25, "the template names a ConfigMap, a Secret is used and changes", Fixture.Kind.five,
            template: list(configMaps: "a"), uses: secretA, when: .secret("a"), then: false),
    ]

    // 15.2 core / workloads
    private static let variablesStrategy: [Scenario] = [
        .init(
            26, "named ConfigMap", Fixture.Kind.five, by: [.envVars], own: list(configMaps: "a"),
            uses: configMapA, when: .configMap("a"), then: true),
        .init(
            27, "named Secret", Fixture.Kind.five, by: [.envVars], own: list(secrets: "a"),
            uses: secretA, when: .secret("a"), then: true),
        .init(
            29, "only labels of the ConfigMap change", Fixture.Kind.three, by: [.envVars], own: list(configMaps: "a"),
            uses: configMapA, when: .labelsOfConfigMap("a"), then: false),
        .init(
            30, "only labels of the Secret change", Fixture.Kind.three, by: [.envVars], own: list(secrets: "a"),
            uses: secretA, when: .labelsOfSecret("a"), then: false),
    ]

    // 15.3 core / reference methods
    private static let referenceMethods: [Scenario] = [
        .init(
            35, "ConfigMap through configMapKeyRef", Fixture.Kind.five, by: both, own: list(configMaps: "a"),
            uses: [(.configMap("a"), .key)], when: .configMap("a"), then: true),
        .init(
            36, "Secret through secretKeyRef", Fixture.Kind.five, by: both, own: list(secrets: "a"),
            uses: [(.secret("a"), .key)], when: .secret("a"), then: true),
        .init(
            37, "ConfigMap in a projected volume", Fixture.Kind.five, by: both, own: list(configMaps: "a"),
            uses: [(.configMap("a"), .projected)], when: .configMap("a"), then: true),
        .init(
            38, "Secret in a projected volume", Fixture.Kind.five, by: both, own: list(secrets: "a"),
            uses: [(.secret("a"), .projected)], when: .secret("a"), then: true),
        .init(
            39, "mixed projected volume, the ConfigMap changes", Fixture.Kind.five, by: both,
            own: list(configMaps: "a"), uses: [(.configMap("a"), .mixed)], when: .configMap("a"), then: true),
        .init(
            40, "mixed projected volume, the Secret changes", Fixture.Kind.five, by: both, own: list(secrets: "a"),
            uses: [(.configMap("a"), .mixed)], when: .secret("a"), then: true),
        .init(
            41, "ConfigMap envFrom in an init container", Fixture.Kind.five, by: both, own: list(configMaps: "a"),
            uses: [(.configMap("a"), .initEnvFrom)], when: .configMap("a"), then: true),
        .init(
            42, "Secret envFrom in an init container", Fixture.Kind.five, by: both, own: list(secrets: "a"),
            uses: [(.secret("a"), .initEnvFrom)], when: .secret("a"), then: true),
        .init(
            43, "ConfigMap volume mounted in an init container only", Fixture.Kind.five, by: both,
            own: list(configMaps: "a"), uses: [(.configMap("a"), .initVolume)], when: .configMap("a"), then: true),
        .init(
            44, "Secret volume mounted in an init container only", Fixture.Kind.five, by: both, own: list(secrets: "a"),
            uses: [(.secret("a"), .initVolume)], when: .secret("a"), then: true),
        .init(
            45, "auto with configMapKeyRef", Fixture.Kind.five, by: both, own: auto, uses: [(.configMap("a"), .key)],
            when: .configMap("a"), then: true),
    ]

    // 15.4 annotations
    private static let annotationSuite: [Scenario] = [
        .init(
            46, "auto, the ConfigMap changes", own: auto, uses: configMapA, when: .configMap("a"),
            then: true),
        .init(
            47, "auto, the Secret changes", own: auto, uses: secretA, when: .secret("a"), then: true),
        .init(
            48, "auto with both, the ConfigMap changes", own: auto,
            uses: configMapAndSecretA, when: .configMap("a"), then: true),
        .init(
            49, "auto for ConfigMaps, the ConfigMap changes", own: ["\(configMap)/auto": "true"],
            uses: configMapAndSecretA, when: .configMap("a"), then: true),
        .init(
            50, "auto for Secrets, the Secret changes", own: ["\(secret)/auto": "true"],
            uses: configMapAndSecretA, when: .secret("a"), then: true),
        .init(
            54, "auto and a list for the first, the second changes", own: all(auto, list(configMaps: "a")),
            uses: configMapsAB, when: .configMap("b"), then: true),
        .init(
            55, "auto and a list for one that is not used, the used one changes",
            own: all(auto, list(configMaps: "b")), uses: configMapA, when: .configMap("a"),
            then: true),
        .init(
            56, "auto and a list for one that is not used, which changes",
            own: all(auto, list(configMaps: "b")), uses: configMapA, when: .configMap("b"),
            then: true),
        .init(
            57, "auto and a list for another Secret, which changes", own: all(auto, list(secrets: "b")),
            uses: configMapA, when: .secret("b"), then: true),
        .init(
            58, "auto, the excluded ConfigMap changes", own: all(auto, exclude(configMaps: "b")),
            uses: configMapsAB, when: .configMap("b"), then: false),
        .init(
            59, "auto, the ConfigMap that is not excluded changes", own: all(auto, exclude(configMaps: "b")),
            uses: configMapsAB, when: .configMap("a"), then: true),
        .init(
            60, "auto, the excluded Secret changes", own: all(auto, exclude(secrets: "a")),
            uses: secretA, when: .secret("a"), then: false),
        .init(
            61, "two named ConfigMaps, none used, the second changes", own: list(configMaps: "a,b"),
            when: .configMap("b"), then: true),
        .init(
            62, "two named Secrets, none used, the first changes", own: list(secrets: "a,b"), when: .secret("a"),
            then: true),
        .init(
            63, "named ConfigMap and named Secret, the Secret changes",
            own: all(list(configMaps: "a"), list(secrets: "a")), when: .secret("a"), then: true),
        .init(
            64, "excluded ConfigMap changes", own: all(auto, exclude(configMaps: "a")),
            uses: configMapsAB, when: .configMap("a"), then: false),
        .init(
            65, "another than the excluded ConfigMap changes", own: all(auto, exclude(configMaps: "a")),
            uses: configMapsAB, when: .configMap("b"), then: true),
        .init(
            66, "excluded Secret changes", own: all(auto, exclude(secrets: "a")),
            uses: secretsAB, when: .secret("a"), then: false),
        .init(
            67, "another than the excluded Secret changes", own: all(auto, exclude(secrets: "a")),
            uses: secretsAB, when: .secret("b"), then: true),
        // Pending there; here as v1.4.21 does.
        .init(
            68, "excluded on the template only, which does not count", Fixture.Kind.five, own: auto,
            template: exclude(configMaps: "a"), uses: configMapA, when: .configMap("a"), then: true),
        .init(
            71, "pause period", own: all(list(configMaps: "a"), [pause: "10s"]),
            uses: configMapA, when: .configMap("a"), then: true, paused: true),
        .init(
            72, "no pause period", own: list(configMaps: "a"), uses: configMapA,
            when: .configMap("a"), then: true),
        // Pending there; here as v1.4.21 does.
        .init(
            73, "pause period on the template only, which does not count", own: list(configMaps: "a"),
            template: [pause: "10s"], uses: configMapA, when: .configMap("a"), then: true),
        .init(
            74, "named ConfigMap that is to be ignored", own: list(configMaps: "a"),
            config: ["reloader.stakater.com/ignore": "true"], uses: configMapA,
            when: .configMap("a"), then: false),
        .init(
            75, "named Secret that is to be ignored", own: list(secrets: "a"),
            config: ["reloader.stakater.com/ignore": "true"], uses: secretA, when: .secret("a"),
            then: false),
        .init(
            76, "search and match", own: ["reloader.stakater.com/search": "true"],
            config: ["reloader.stakater.com/match": "true"], uses: configMapA, when: .configMap("a"),
            then: true),
        .init(
            77, "search without match", own: ["reloader.stakater.com/search": "true"],
            uses: configMapA, when: .configMap("a"), then: false),
        .init(
            78, "match without search", config: ["reloader.stakater.com/match": "true"],
            uses: configMapA, when: .configMap("a"), then: false),
        .init(
            80, "search on the template only", Fixture.Kind.five, template: ["reloader.stakater.com/search": "true"],
            config: ["reloader.stakater.com/match": "true"], uses: configMapA, when: .configMap("a"),
            then: true),
    ]

    // 15.6 advanced, as far as it is about kinds and patterns
    private static let laterOnes: [Scenario] = [
        .init(
            108, "Job with a named ConfigMap", [.job], own: list(configMaps: "a"), uses: configMapA,
            when: .configMap("a"), then: true),
        .init(
            109, "Job with a named Secret", [.job], own: list(secrets: "a"), uses: secretA,
            when: .secret("a"), then: true),
        .init(
            110, "Job with auto", [.job], own: auto, uses: configMapA, when: .configMap("a"),
            then: true),
        .init(
            111, "Job with configMapKeyRef", [.job], own: auto, uses: [(.configMap("a"), .key)], when: .configMap("a"),
            then: true),
        .init(
            112, "Job with secretKeyRef", [.job], own: auto, uses: [(.secret("a"), .key)], when: .secret("a"),
            then: true),
        .init(
            118, "pattern that matches a ConfigMap", own: list(configMaps: "[ax]"), when: .configMap("a"), then: true),
        .init(119, "pattern that does not match", own: list(configMaps: "[ax]"), when: .configMap("b"), then: false),
        .init(120, "pattern that matches a Secret", own: list(secrets: "(a|x).*"), when: .secret("a"), then: true),
    ]
}
