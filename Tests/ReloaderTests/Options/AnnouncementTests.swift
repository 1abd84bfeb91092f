import ReloaderCore
import Testing

@testable import Reloader

/// What a Reloader says about itself at start: templates that people and tools search logs for.
@Suite struct AnnouncementTests {
    private func lines(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> [(isWarning: Bool, text: String)] {
        guard case .run(let flags) = try CommandLineParser.parse(arguments, environment: environment) else { return [] }
        var options = ReloaderOptions(flags, environment: environment)
        options.ledger = LedgerOptions(flags, environment: environment, accountNamespace: nil)
        return options.announcements(flags)
    }

    @Test(
        "each mode is announced in the reference's words and at its level",
        arguments: [
            ([], [:], true, "KUBERNETES_NAMESPACE is unset, will detect changes in all namespaces."),
            (
                ["--namespaces-to-ignore=x,y"], [:], true,
                "KUBERNETES_NAMESPACE is unset, will detect changes in all namespaces except: x, y."
            ),
            (["--namespaces=a,b"], [:], false, "Watching scoped namespaces: a, b"),
            (
                ["--namespaces=a", "--namespaces-to-ignore=b"], [:], true,
                "namespaces-to-ignore is set but is only honored in global mode (watchGlobally=true); ignoring it."
            ),
            (
                ["--namespaces-to-ignore=b"], ["KUBERNETES_NAMESPACE": "own"], true,
                "namespaces-to-ignore is set but is only honored in global mode (watchGlobally=true); ignoring it."
            ),
            (
                ["--namespace-selector=env:prod"], [:], true,
                "namespace-selector is set, will only detect changes in namespaces with these labels: env=prod."
            ),
            (
                ["--resource-label-selector=app=web"], [:], true,
                "resource-label-selector is set, will only detect changes on resources with these labels: app=web."
            ),
            (
                ["--webhook-url=https://example.com/x"], [:], true,
                "webhook-url is set, will only send webhook, no resources will be reloaded"
            ),
            (
                [], [:], false,
                "Skipping secretproviderclasspodstatuses controller: EnableCSIIntegration is disabled"
            ),
            ([], [:], true, "RELOADER_NAMESPACE is not set, skipping meta info configmap creation"),
            ([], [:], false, "created controller for: configmaps"),
            ([], [:], false, "created controller for: secrets"),
            ([], [:], false, "Starting Controller to watch resource type: configmaps in namespace: "),
            (["--namespaces=a"], [:], false, "Starting Controller to watch resource type: secrets in namespace: a"),
        ] as [([String], [String: String], Bool, String)])
    func line(_ arguments: [String], _ environment: [String: String], _ isWarning: Bool, _ text: String) throws {
        let lines = try lines(arguments, environment: environment)
        #expect(lines.contains { $0.text == text && $0.isWarning == isWarning })
    }

    @Test("what is ignored or does not apply is not announced")
    func silence() throws {
        let lines = try lines(
            ["--namespaces=a", "--namespace-selector=x=y", "--resources-to-ignore=secrets"],
            environment: ["RELOADER_NAMESPACE": "own"]
        ).map(\.text)
        for word in ["secrets", "namespace-selector", "KUBERNETES_NAMESPACE", "RELOADER_NAMESPACE"] {
            #expect(lines.filter { $0.contains(word) } == [])
        }
    }

    @Test("there is a controller for each kind in each namespace, and one for selected namespaces")
    func controllers() throws {
        func controllers(_ arguments: [String]) throws -> [String] {
            try lines(arguments).map(\.text).filter { $0.contains("ontroller") && !$0.hasPrefix("Skipping") }
        }
        let start = "Starting Controller to watch resource type:"
        let names = ["a", "b"].flatMap { namespace in
            ["configmaps", "secrets"].flatMap {
                ["created controller for: \($0)", "\(start) \($0) in namespace: \(namespace)"]
            }
        }
        #expect(try controllers(["--namespaces=a,b"]) == names)
        #expect(
            try controllers(["--namespace-selector=x", "--resources-to-ignore=secrets"]) == [
                "created controller for: configmaps", "\(start) configmaps in namespace: ",
                "created controller for: namespaces", "\(start) namespaces in namespace: ",
            ])
    }

    @Test("with leader election nothing has started when the controllers are created")
    func leaderElection() throws {
        let lines = try lines(["--enable-ha"], environment: ["POD_NAME": "a", "POD_NAMESPACE": "b"]).map(\.text)
        #expect(lines.contains("created controller for: secrets"))
        #expect(!lines.contains { $0.hasPrefix("Starting Controller") })
    }
}
