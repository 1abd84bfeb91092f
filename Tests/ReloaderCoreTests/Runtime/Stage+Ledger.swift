import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

extension ReloaderOptions {
    /// No delays, and a ledger in the namespace `ops`.
    static func ledgered(_ strategy: ReloadStrategy = .envVars) -> ReloaderOptions {
        var options = ReloaderOptions(strategy: strategy, reloadDelay: .zero, reloadMaxDelay: .zero)
        options.ledger = LedgerOptions(namespace: "ops")
        return options
    }
}

extension Stage {
    static let ledger = ObjectKey(namespace: "ops", name: "reloader-ledger")

    /// What the ledger says about configs, one line each; empty when there is no ledger.
    var ledgerText: String {
        (server.find(.configMaps, Self.ledger)?["data"]?.object?.members ?? [])
            .filter { !$0.name.hasPrefix("_") }.compactMap(\.value.string).joined(separator: "\n")
    }

    /// The configs in the ledger: tag and name.
    var ledgerEntries: [String] {
        ledgerText.split(separator: "\n").map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.sorted()
    }

    /// Whether there is a ledger, and nothing in it moves.
    var isLedgerQuiet: Bool { server.find(.configMaps, Self.ledger) != nil && !ledgerText.contains("*") }

    /// Runs a Reloader until it has caught up and the ledger is written, and lets `body` go on with it.
    func runKeepingLedger(
        _ options: ReloaderOptions, informerClock: (any Clock<Duration>)? = nil,
        _ body: (Stage) async throws -> Void = { _ in }
    ) async throws {
        let before = log.lines.count
        try await run(options, informerClock: informerClock) { stage in
            await stage.until {
                stage.log.lines[before...].contains { $0.contains("ConfigMap ops/reloader-ledger") }
            }
            try await body(stage)
            #expect(await stage.pump { stage.isLedgerQuiet })
        }
    }

    /// How often the specification of a workload was written, its creation included.
    func generation(_ name: String = "web", _ resource: APIResource = .deployments) throws -> Int {
        try server.get(resource, ObjectKey(namespace: Self.namespace, name: name))["metadata"]?["generation"]?.int ?? 0
    }
}
