import ControllerTestKit
import EndToEndSupport
import KubeClient
import TestSupport
import Testing

@testable import Sandbox

/// Every way to install Reloader: the server takes the manifests, and their rights suffice for the work.
@Suite(.timeLimit(.minutes(3))) struct InstallationTests {
    private static let atHand = Installation.allCases.filter(\.isAtHand)

    @Test("the API server takes every object, field by field", arguments: atHand)
    func apply(_ installation: Installation) async throws {
        let server = Installation.server()
        let client = server.client(logger: .silent)
        for object in try await installation.objects() {
            let kind = try #require(try Self.resource(of: object), "\(object.kind)")
            if let namespace = object.namespace { server.createNamespaceIfAbsent(namespace) }
            if object.kind == "Namespace" {
                server.createNamespaceIfAbsent(object.name)
                continue
            }
            do throws(KubeError) {
                _ = try await client.resource(kind, as: Manifest.self).create(
                    object.json.bytes, in: object.key.scope, WriteOptions(fieldValidation: "Strict"))
            } catch {
                Issue.record("\(object.kind) \(object.name): \(error)")
            }
        }
    }

    @Test("a Deployment, a CronJob and a Job are reloaded with these rights alone", arguments: atHand)
    func rights(_ installation: Installation) async throws {
        let objects = try await installation.objects()
        let namespace = installation.watchedNamespace
        let server = Installation.server(isOpenShift: installation.isForOpenShift)
        let kinds = ["Deployment", "CronJob", "Job"] + (installation.isForOpenShift ? ["DeploymentConfig"] : [])
        try await Self.run(objects, on: server, isOpenShift: installation.isForOpenShift, changing: namespace) {
            for kind in kinds {
                try await server.waitForRequest { $0.bodyText.contains(#""involvedObject":{"kind":"\#(kind)""#) }
            }
        }
        let refused = Self.refused(by: server)
        #expect(refused.subtracting(installation.isUpstream ? Self.mayBeRefused : []) == [])
        let written = server.requests.filter { !$0.attributes.isReadOnly && $0.status.map { $0 < 300 } == true }
        #expect(written.contains { $0.attributes.resource == "deployments" && $0.attributes.verb == "patch" })
        let home = objects.first("ServiceAccount")?.namespace
        #expect(written.contains { $0.attributes.resource == "configmaps" && $0.attributes.namespace == home })
        let isHA = objects.arguments.contains { $0.hasPrefix("--enable-ha") }
        #expect(written.contains { $0.attributes.resource == "leases" } == isHA)
    }

    @Test("check, as its account and with its arguments, misses nothing", arguments: atHand)
    func check(_ installation: Installation) async throws {
        let objects = try await installation.objects()
        let server = Installation.server(isOpenShift: installation.isForOpenShift)
        let home = try Self.grant(objects, on: server)
        let (exitCode, lines) = try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                try await ReloaderProcess.run(
                    ["check"] + objects.arguments, environment: Self.environment(objects, home, kubeconfig: path))
            }
        }
        #expect(exitCode == 0, "\(lines)")
        // The old rules lack what saves requests.
        if installation.isUpstream {
            #expect(lines.allSatisfy { !$0.hasPrefix("lacks") || $0.hasPrefix("lacks watch") })
        } else {
            #expect(lines.contains("Everything is granted."), "\(lines)")
        }
        #expect(lines.contains { $0.contains("configmaps \"reloader-ledger\" in namespace \"\(home)\"") })
    }

    @Test func `without rights for batch, Events and ConfigMaps, Deployments are reloaded all the same`() async throws {
        let objects = try ManifestFile.read(
            repositoryFile("Tests/EndToEndTests/Manifests/narrow-rights.yaml"))
        let server = Installation.server()
        try await Self.run(objects, on: server, changing: "shop") {
            try await server.waitForRequest { $0.method == "PATCH" && $0.status == 200 }
        }
        let refused = Self.refused(by: server)
        #expect(refused.isSuperset(of: ["list cronjobs", "list jobs"]))
        #expect(refused.isDisjoint(with: ["list deployments", "watch deployments", "patch deployments"]))
    }

    private static func refused(by server: TestAPIServer) -> Set<String> {
        Set(
            server.requests.filter { $0.status == 403 }.map { "\($0.attributes.verb) \($0.attributes.resource)" })
    }

    /// What v1.4.21 never needed, and this one does without.
    private static let mayBeRefused: Set<String> = Set(
        ["deployments", "daemonsets", "statefulsets", "cronjobs", "jobs", "rollouts"].map { "watch \($0)" })

    private static func addWorkloads(
        to server: TestAPIServer, _ namespace: String, withDeploymentConfig: Bool
    ) throws {
        try server.apply(
            json:
                #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"\#(namespace)","labels":{"team":"a"}}}"#)
        try server.create(
            json:
                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"\#(namespace)"},"data":{"k":"1"}}"#
        )
        func pod(_ restartPolicy: String) -> String {
            #""spec":{"restartPolicy":"\#(restartPolicy)","containers":[{"name":"c","image":"i","#
                + #""envFrom":[{"configMapRef":{"name":"a"}}]}]}"#
        }
        func metadata(_ name: String) -> String {
            #""metadata":{"name":"\#(name)","namespace":"\#(namespace)","annotations":{"reloader.stakater.com/auto":"true","configmap.reloader.stakater.com/reload":"a"}}"#
        }
        let deploymentConfig =
            #"{"apiVersion":"apps.openshift.io/v1","kind":"DeploymentConfig",\#(metadata("classic")),"spec":{"template":{"metadata":{"labels":{"a":"b"}},\#(pod("Always"))}}}"#
        for json in (withDeploymentConfig ? [deploymentConfig] : []) + [
            #"{"apiVersion":"apps/v1","kind":"Deployment",\#(metadata("web")),"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},\#(pod("Always"))}}}"#,
            #"{"apiVersion":"batch/v1","kind":"CronJob",\#(metadata("report")),"spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":{\#(pod("Never"))}}}}}"#,
            #"{"apiVersion":"batch/v1","kind":"Job",\#(metadata("once")),"spec":{"template":{\#(pod("Never"))}}}"#,
        ] { try server.create(json: json) }
    }

    /// Has the server grant what the manifests' account has, and nothing else; returns the account's namespace.
    private static func grant(_ objects: [Manifest], on server: TestAPIServer) throws -> String {
        let account = try #require(objects.first("ServiceAccount"))
        let home = try #require(account.namespace)
        #expect(objects.pod?.at("spec", "serviceAccountName")?.string == account.name)
        let user = RequestUser.serviceAccount(namespace: home, name: account.name)
        server.createNamespaceIfAbsent(home)
        let rules = RoleAuthorizer(objects)
        // Whoever asks is the account: over plain HTTP no client says who it is.
        server.authorize { attributes in
            var asked = attributes
            asked.user = user
            return rules.decision(asked)
        }
        return home
    }

    /// The variables of the manifests' container, in a pod of the account's namespace.
    private static func environment(_ objects: [Manifest], _ home: String, kubeconfig: String) -> [String: String] {
        var environment = ["KUBECONFIG": kubeconfig]
        for (name, source) in objects.variables {
            environment[name] = ["metadata.namespace": home, "metadata.name": "reloader-0"][source] ?? source
        }
        return environment
    }

    /// Runs the binary as a pod of the manifests' account, with its rights alone, and changes a config that workloads of a
    /// namespace use.
    private static func run(
        _ objects: [Manifest], on server: TestAPIServer, isOpenShift: Bool = false, changing namespace: String,
        until body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try addWorkloads(to: server, namespace, withDeploymentConfig: isOpenShift)
        let home = try grant(objects, on: server)
        let (exitCode, _) = try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                try await ReloaderProcess.run(
                    objects.arguments + ["--listen-address=127.0.0.1:0"],
                    environment: environment(objects, home, kubeconfig: path)
                ) { process in
                    try await process.untilReady()
                    try server.patch(
                        .configMaps, ObjectKey(namespace: namespace, name: "a"), merge: #"{"data":{"k":"2"}}"#)
                    try await body()
                }
            }
        }
        #expect(exitCode == 0)
    }

    private static func resource(of object: Manifest) throws -> APIResource? {
        let slash = object.apiVersion.firstIndex(of: "/")
        let group = slash.map { String(object.apiVersion[..<$0]) } ?? ""
        let version =
            slash.map { String(object.apiVersion[object.apiVersion.index(after: $0)...]) } ?? object.apiVersion
        let plural = object.kind.lowercased() + "s"
        return APIResource(
            group: group, version: version, plural: plural == "networkpolicys" ? "networkpolicies" : plural,
            kind: object.kind,
            isNamespaced: !["Namespace", "ClusterRole", "ClusterRoleBinding"].contains(object.kind))
    }
}
