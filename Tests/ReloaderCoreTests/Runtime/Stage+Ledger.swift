import ControllerTestKit
import KubeClient
import ReloaderCore

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

    /// Lets time pass, as fast as somebody waits for it, until something has come about; false when it never does.
    func pump(rounds: Int = 10_000, until isDone: () -> Bool) async -> Bool {
        for _ in 0..<rounds where !Task.isCancelled {
            if isDone() { return true }
            if let next = clock.timeToNextSleeper { clock.advance(by: max(next, .zero)) }
            for _ in 0..<20 { await Task.yield() }
        }
        return isDone()
    }
}
