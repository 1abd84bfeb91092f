import ControllerTestKit
import KubeClient
import ServiceLifecycle
import TestSupport
import Testing

@testable import ControllerKit

/// What the manager makes of missing permissions.
@Suite(.timeLimit(.minutes(1))) struct PermissionCheckTests {
    private let server = TestAPIServer()
    private let lines = Journal<String>()

    /// Waits for the line that says what is missing.
    private func missing() async -> String {
        await lines.wait { $0.contains { $0.contains("missing") } }
        return lines.entries.first { $0.contains("missing") } ?? ""
    }

    private func denyConfigMaps() {
        server.authorize { $0.resource == "configmaps" ? .deny : .allow() }
    }

    private func manager(stopsIfMissing: Bool, isOptional: Bool = false, clock: any Clock<Duration> = ContinuousClock())
        -> ControllerManager
    {
        let client = server.client(logger: .silent)
        var manager = ControllerManager(options: .init(probeAddress: "off"), logger: .into(lines))
        manager.add(
            Informer(
                client.resource(.configMaps, as: ObjectMetadata.self),
                options: InformerOptions(isOptional: isOptional), logger: .silent))
        manager.checkPermissions(client, stopsIfMissing: stopsIfMissing, clock: clock)
        return manager
    }

    @Test func `a manager may insist on its permissions`() async throws {
        denyConfigMaps()
        let manager = manager(stopsIfMissing: true)
        let error = await #expect(throws: MissingPermissions.self) { try await manager.run() }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("missing: list, watch configmaps in the whole cluster, to know the configmaps"))
    }

    @Test(arguments: [false, true]) func `otherwise it tells what is missing and goes on`(
        isOptional: Bool
    ) async throws {
        denyConfigMaps()
        let manager = manager(stopsIfMissing: false, isOptional: isOptional)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await manager.run() }
            let line = await missing()
            #expect(line.hasPrefix(isOptional ? "warning missing (optional): " : "error missing: "))
            #expect(line.contains("resources: [\"configmaps\"]"))
            group.cancelAll()
        }
    }

    @Test func `a server that is away is asked again`() async throws {
        let clock = ManualClock()
        server.inject(Fault(.reset, times: 2, verb: "create", resource: "selfsubjectaccessreviews"))
        denyConfigMaps()
        let check = PermissionCheck(
            checker: PermissionChecker(server.client(logger: .silent), concurrency: 1),
            rules: [PermissionRule(.configMaps, verbs: ["get"], why: "to test")], stopsIfMissing: true,
            timeline: Timeline(clock), logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await check.run() }
            try await clock.passNextSleep()
            try await clock.passNextSleep()
            await #expect(throws: MissingPermissions.self) { try await group.waitForAll() }
        }
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [false, true]) func `a shutdown while the server is asked is no failure`(
        stopsIfMissing: Bool
    ) async throws {
        server.inject(Fault(.hang, times: nil, verb: "create", resource: "selfsubjectaccessreviews"))
        let manager = manager(stopsIfMissing: stopsIfMissing)
        let group = ServiceGroup(configuration: .init(services: [.init(service: manager)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            _ = try await server.waitForRequest(answered: false) {
                $0.attributes.resource == "selfsubjectaccessreviews"
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        // Nor was anything cancelled for being late.
        #expect(!lines.entries.contains { $0.hasPrefix("error") || $0.hasPrefix("warning") })
    }

    private struct Lingering: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws {
            try await gracefulShutdown()
            try await body()
        }
    }

    @Test func `a check that is done while others still shut down is no failure`() async throws {
        let clock = ManualClock()
        server.inject(Fault(.reset, verb: "create", resource: "selfsubjectaccessreviews"))
        denyConfigMaps()
        let check = PermissionCheck(
            checker: PermissionChecker(server.client(logger: .silent), concurrency: 1),
            rules: [PermissionRule(.configMaps, verbs: ["get"], why: "to test")], stopsIfMissing: false,
            timeline: Timeline(clock), logger: .into(lines))
        // The last one is shut down first.
        let last = Lingering {
            try await clock.passNextSleep()
            _ = await missing()
            for _ in 0..<1000 { await Task.yield() }
        }
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: check), .init(service: last)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            _ = try await server.waitForRequest(answered: false) { _ in true }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}
