import KubeClient
import ReloaderCore
import Testing

@testable import Reloader

@Suite struct MetaInfoFlagsTests {
    private let environment = ["RELOADER_NAMESPACE": "ops", "RELOADER_DEPLOYMENT_NAME": "reloader"]

    private func options(_ flags: ReloaderFlags, _ variables: [String: String] = [:]) throws -> String? {
        let info = try #require(MetaInfo(flags, environment: environment.merging(variables) { $1 }))
        return try JSONValue(parsing: info.body)["data"]?["reloaderOptions"]?.string
    }

    @Test func `without RELOADER_NAMESPACE there is none`() {
        #expect(MetaInfo(ReloaderFlags(), environment: [:]) == nil)
        #expect(MetaInfo(ReloaderFlags(), environment: ["RELOADER_NAMESPACE": ""]) == nil)
    }

    @Test func `the defaults are v1_4_21's, in its order, and then what it leaves out`() throws {
        let members = [
            #""autoReloadAll":false"#,
            #""configmapUpdateOnChangeAnnotation":"configmap.reloader.stakater.com/reload""#,
            #""secretUpdateOnChangeAnnotation":"secret.reloader.stakater.com/reload""#,
            #""secretProviderClassUpdateOnChangeAnnotation":"secretproviderclass.reloader.stakater.com/reload""#,
            #""reloaderAutoAnnotation":"reloader.stakater.com/auto""#,
            #""ignoreResourceAnnotation":"reloader.stakater.com/ignore""#,
            #""configmapReloaderAutoAnnotation":"configmap.reloader.stakater.com/auto""#,
            #""secretReloaderAutoAnnotation":"secret.reloader.stakater.com/auto""#,
            #""secretProviderClassReloaderAutoAnnotation":"secretproviderclass.reloader.stakater.com/auto""#,
            #""configmapExcludeReloaderAnnotation":"configmaps.exclude.reloader.stakater.com/reload""#,
            #""secretExcludeReloaderAnnotation":"secrets.exclude.reloader.stakater.com/reload""#,
            #""secretProviderClassExcludeReloaderAnnotation":"secretproviderclasses.exclude.reloader.stakater.com/reload""#,
            #""autoSearchAnnotation":"reloader.stakater.com/search""#,
            #""searchMatchAnnotation":"reloader.stakater.com/match""#,
            #""rolloutStrategyAnnotation":"reloader.stakater.com/rollout-strategy""#,
            #""pauseDeploymentAnnotation":"deployment.reloader.stakater.com/pause-period""#,
            #""pauseDeploymentTimeAnnotation":"deployment.reloader.stakater.com/paused-at""#,
            #""logFormat":"""#, #""logLevel":"info""#, #""isArgoRollouts":false"#, #""reloadStrategy":"env-vars""#,
            #""reloadOnCreate":false"#, #""reloadOnDelete":false"#, #""syncAfterRestart":false"#, #""enableHA":false"#,
            #""enableCSIIntegration":false"#, #""webhookUrl":"""#, #""resourcesToIgnore":[]"#,
            #""workloadTypesToIgnore":[]"#, #""namespaceSelectors":[]"#, #""resourceSelectors":[]"#,
            #""namespacesToIgnore":[]"#, #""enablePProf":false"#, #""pprofAddr":":6060""#,
            #""namespaces":[]"#,
        ]
        #expect(try options(ReloaderFlags()) == "{\(members.joined(separator: ","))}")
    }

    @Test func `the namespaces that are watched are told, whichever way they were given`() throws {
        var flags = ReloaderFlags()
        let own = ["KUBERNETES_NAMESPACE": "own"]
        #expect(try options(flags, own)?.hasSuffix(#""namespaces":["own"]}"#) == true)
        flags.namespaces = ["a", "b"]
        #expect(try options(flags, own)?.hasSuffix(#""namespaces":["a","b"]}"#) == true)
    }

    @Test func `a webhook's path stays secret, half-true switches read as true, selectors as they are used`() throws {
        var flags = ReloaderFlags()
        flags.webhookURL = "https://user:T0KEN@hooks.example/T0KEN?T0KEN"
        flags.reloadOnCreate = "T"
        flags.isArgoRollouts = "yes"
        flags.resourceLabelSelector = ["app:web", "tier=*"]
        let text = try #require(try options(flags))
        #expect(!text.contains("T0KEN"))
        #expect(text.contains(#""webhookUrl":"https://hooks.example""#))
        #expect(text.contains(#""reloadOnCreate":true"#))
        #expect(text.contains(#""isArgoRollouts":false"#))
        #expect(text.contains(#""resourceSelectors":["app=web","tier"]"#))
    }
}
