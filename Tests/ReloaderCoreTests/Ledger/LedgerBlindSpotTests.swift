import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// What a Reloader does not see for a while, or no more, has neither changed nor gone.
@Suite(.timeLimit(.minutes(1))) struct LedgerBlindSpotTests {
    enum Blindness: CaseIterable { case ignored, refused, leftOut }

    private let stage = Stage()
    private let informerClock = ManualClock()

    /// Lets the informer that is off try again, which it does after a minute.
    private func tryAgain() async {
        await stage.until {
            guard let next = informerClock.timeToNextSleeper, next <= .seconds(60) else { return false }
            informerClock.advance(by: next)
            // Streaming lists are looked after every ten seconds.
            return next > .seconds(10)
        }
    }

    @Test("a config that is not watched any more was not deleted", arguments: Blindness.allCases)
    func notWatched(blindness: Blindness) async throws {
        var options = ReloaderOptions.ledgered()
        options.reloadOnDelete = true
        try stage.createSecret("s", "1")
        try stage.createWorkload("web", secrets: ["s"])
        try await stage.runKeepingLedger(options) { stage in
            // So that there is a marker to be removed.
            try stage.change(secret: "s", to: "2")
            #expect(await stage.pump { (try? stage.generation()) == 2 })
        }
        var blind = options
        switch blindness {
        case .ignored: blind.configTypes = [.configMap]
        case .refused: stage.server.authorize { $0.resource == "secrets" ? .deny : .allow() }
        case .leftOut: blind.configLabelSelector = "team=a"
        }
        for _ in 0..<2 { try await stage.runKeepingLedger(blind) }
        stage.server.authorize { _ in .allow() }
        try await stage.runKeepingLedger(options)
        #expect(try stage.generation() == 2)
        try stage.server.delete(.secrets, ObjectKey(namespace: "shop", name: "s"))
        try await stage.runKeepingLedger(options) { stage in
            #expect(await stage.pump { (try? stage.generation()) == 3 })
        }
    }

    @Test("a change while Secrets could not be read is reloaded when they can, whoever came meanwhile")
    func unreadable() async throws {
        var options = ReloaderOptions.ledgered()
        options.reloadOnDelete = true
        try stage.createSecret("s", "1")
        try stage.createWorkload("web", secrets: ["s"])
        try await stage.runKeepingLedger(options)
        try stage.change(secret: "s", to: "2")
        stage.server.authorize { $0.resource == "secrets" ? .deny : .allow() }
        try await stage.runKeepingLedger(options, informerClock: informerClock) { stage in
            try stage.createWorkload("api", secrets: ["s"])
            try stage.createConfigMap("a", "1")
            try stage.createWorkload("third", configMaps: ["a"])
            #expect(await stage.pump { stage.ledgerEntries == ["CONFIGMAP a", "SECRET s"] })
            #expect(stage.patches.isEmpty)
            stage.server.authorize { _ in .allow() }
            await tryAgain()
            #expect(await stage.pump { (try? stage.generation()) == 2 })
        }
    }

    @Test(
        "what changed while no Reloader ran is reloaded when a kind that is off at the start comes back",
        arguments: [403, 404])
    func kindIsOff(status: Int) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("api", configMaps: ["b"])
        try await stage.runKeepingLedger(.ledgered())
        try stage.change(configMap: "a", to: "2")
        let withdraw = stage.server.inject(
            Fault(.status(status), times: nil) { $0.resource == "deployments" && ["list", "watch"].contains($0.verb) })
        try await stage.runKeepingLedger(.ledgered(), informerClock: informerClock) { stage in
            #expect(stage.ledgerEntries == ["CONFIGMAP a", "CONFIGMAP b"])
            withdraw()
            await tryAgain()
            #expect(await stage.pump { (try? stage.generation()) == 2 })
        }
        try await stage.runKeepingLedger(.ledgered())
        #expect(try stage.generation() == 2)
        #expect(try stage.generation("api") == 1)
    }

    @Test func `a change that waits for a kind that is off is due for the next Reloader`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("db", kind: "StatefulSet", configMaps: ["a"])
        try await stage.runKeepingLedger(.ledgered(.annotations))
        try await stage.run(.ledgered(.annotations), informerClock: informerClock) { stage in
            await stage.untilLogged("nothing changed")
            stage.server.authorize {
                $0.resource == "deployments" && ["list", "watch"].contains($0.verb) ? .deny : .allow()
            }
            await stage.turnOff("deployments", informerClock)
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { (try? stage.generation("db", .statefulSets)) == 2 && !stage.isLedgerQuiet })
            // Not only until the other one was reloaded.
            #expect(await !stage.pump(rounds: 200) { stage.isLedgerQuiet })
        }
        stage.server.authorize { _ in .allow() }
        try await stage.runKeepingLedger(.ledgered(.annotations)) { stage in
            #expect(await stage.pump { (try? stage.generation()) == 2 })
        }
        #expect(try stage.generation("db", .statefulSets) == 2)
    }

    @Test("a namespace that is selected later is remembered, and one whose selection is not known is not forgotten")
    func namespaces() async throws {
        var options = ReloaderOptions.ledgered()
        options.namespaceSelector = "watched=true"
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.runKeepingLedger(options) { stage in
            #expect(stage.ledgerEntries.isEmpty)
            try stage.server.patch(
                .namespaces, ObjectKey(name: "shop"), merge: #"{"metadata":{"labels":{"watched":"true"}}}"#)
            #expect(await stage.pump { stage.ledgerEntries == ["CONFIGMAP a"] })
        }
        try stage.change(configMap: "a", to: "2")
        try await stage.runKeepingLedger(options) { stage in
            #expect(await stage.pump { (try? stage.generation()) == 2 })
        }
        try stage.change(configMap: "a", to: "3")
        stage.server.authorize { $0.resource == "namespaces" ? .deny : .allow() }
        try await stage.runKeepingLedger(options, informerClock: informerClock) { stage in
            #expect(stage.ledgerEntries == ["CONFIGMAP a"])
            stage.server.authorize { _ in .allow() }
            await tryAgain()
            #expect(await stage.pump { (try? stage.generation()) == 3 })
        }
        try await stage.runKeepingLedger(options)
        #expect(try stage.generation() == 3)
    }
}
