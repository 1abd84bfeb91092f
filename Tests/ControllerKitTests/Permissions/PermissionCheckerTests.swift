import ControllerKit
import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PermissionCheckerTests {
    private let server = TestAPIServer()
    private var client: KubeClient { server.client(logger: .silent) }

    /// Lets an account ask about itself, and do what `isAllowed` says.
    private func allow(_ isAllowed: @escaping @Sendable (RequestAttributes) -> Bool) {
        server.authorize { request in
            request.resource == "selfsubjectaccessreviews" || isAllowed(request) ? .allow() : .deny
        }
    }

    private let rules = [
        PermissionRule(.configMaps, verbs: ["list", "watch"], why: "to see changes"),
        PermissionRule(
            .deployments, subresource: .status, verbs: ["patch"], in: .namespace("shop"), name: "web", why: "to report"),
        PermissionRule(.secrets, verbs: ["list", "watch"], why: "to see changes", isOptional: true),
    ]

    @Test func `nothing is missing when everything may be done`() async throws {
        let report = try await PermissionChecker(client).check(rules)
        #expect(report.isComplete)
        #expect("\(report)" == "every permission is granted")
        #expect(report.manifest.isEmpty)
    }

    @Test func `what is missing is named with its verbs, its reason and the rule to add`() async throws {
        allow { $0.verb == "list" }
        let report = try await PermissionChecker(client).check(rules)
        #expect(report.missing.map(\.verbs) == [["watch"], ["patch"], ["watch"]])
        #expect(report.missingRequired.map(\.resourceName) == ["configmaps", "deployments/status"])
        #expect(
            "\(report)" == """
                missing: watch configmaps in the whole cluster, to see changes
                missing: patch deployments.apps/status "web" in namespace "shop", to report
                missing (optional): watch secrets in the whole cluster, to see changes
                add these rules to the account's roles:
                # in a ClusterRole
                rules:
                - apiGroups: [""]
                  resources: ["configmaps", "secrets"]
                  verbs: ["watch"]
                # in a Role in the namespace "shop"
                rules:
                - apiGroups: ["apps"]
                  resources: ["deployments/status"]
                  resourceNames: ["web"]
                  verbs: ["patch"]

                """)
    }

    @Test func `each right is asked for exactly, and once`() async throws {
        let asked = Journal<RequestAttributes>()
        server.authorize { request in
            if request.resource != "selfsubjectaccessreviews" { asked.append(request) }
            return .allow()
        }
        _ = try await PermissionChecker(client).check(rules + rules)
        #expect(server.requests.count == 5)
        let patch = try #require(asked.entries.first { $0.verb == "patch" })
        #expect(patch.group == "apps")
        #expect(patch.resource == "deployments")
        #expect(patch.subresource == "status")
        #expect(patch.namespace == "shop")
        #expect(patch.name == "web")
    }

    @Test(arguments: [403, 404, 500]) func `a server that does not answer is no missing permission`(
        status: Int
    ) async throws {
        server.inject(
            Fault(.status(status, reason: "X"), times: nil, verb: "create", resource: "selfsubjectaccessreviews"))
        let report = try await PermissionChecker(client, concurrency: 1).check(rules)
        #expect(report.missing.isEmpty)
        #expect(report.unanswered.map(\.verbs) == rules.map(\.verbs))
        #expect(report.failure?.status?.code == status)
        #expect(!report.isComplete)
        // One refusal says enough.
        #expect(server.requests.count == 1)
    }

    @Test func `no more requests are under way than allowed`() async throws {
        let many = (0..<20).map {
            PermissionRule(group: "example.com", resource: "things\($0)", verbs: ["get"], why: "to test")
        }
        server.inject(Fault(.hang, times: 3, verb: "create", resource: "selfsubjectaccessreviews"))
        let server = server
        let client = client
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await PermissionChecker(client, concurrency: 3).check(many) }
            while server.requests.count < 3 { await Task.yield() }
            for _ in 0..<1000 { await Task.yield() }
            #expect(server.requests.count == 3)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test func `a role that is bound but missing is passed on`() async throws {
        let report = PermissionReport(missing: [rules[0]], remarks: ["clusterrole \"x\" not found"])
        #expect("\(report)".contains("the server remarks: clusterrole \"x\" not found\n"))
    }
}
