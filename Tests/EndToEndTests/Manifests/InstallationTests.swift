import ControllerTestKit
import EndToEndSupport
import KubeClient
import Logging
import Subprocess
import Testing

@testable import Sandbox

/// Every way to install Reloader: the server takes the manifests, and their rights suffice for the work.
@Suite(.timeLimit(.minutes(3))) struct InstallationTests {
    private static let atHand = Installation.allCases.filter(\.isAtHand)

    @Test("the API server takes every object, field by field", arguments: atHand)
    func apply(_ installation: Installation) async throws {
        let server = Installation.server()
        let client = server.client(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
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
        let pod = try #require(objects.pod)
        let deployment = try #require(objects.first { $0.container != nil && $0.container == objects.container })
        let home = deployment.namespace ?? ""
        let user = RequestUser.serviceAccount(
            namespace: home, name: pod.at("spec", "serviceAccountName")?.string ?? "default")
        let server = Installation.server()
        server.createNamespaceIfAbsent(home)
        let namespace = installation.watchedNamespace
        try Self.addWorkloads(to: server, namespace)
        let rules = RoleAuthorizer(objects)
        server.authenticate { $0 == "token" ? user : nil }
        server.authorize { $0.user == user ? rules.decision($0) : .allow() }

        let environment = objects.variables.mapValues { source in
            switch source {
            case "metadata.namespace": home
            case "metadata.name": "reloader-0"
            default: source
            }
        }
        try await Self.run(server, objects.arguments, environment) { process in
            try server.patch(
                .configMaps, ObjectKey(namespace: namespace, name: "a"), merge: #"{"data":{"k":"2"}}"#)
            for kind in ["Deployment", "CronJob", "Job"] {
                try await server.waitForRequest { $0.bodyText.contains(#""involvedObject":{"kind":"\#(kind)""#) }
            }
        }
        let refused = server.requests.filter { $0.status == 403 }.map {
            "\($0.attributes.verb) \($0.attributes.resource)"
        }
        if installation == .upstreamChart {
            #expect(Set(refused).subtracting(Self.mayBeRefused) == [])
        } else {
            #expect(refused == [])
        }
        let written = server.requests.filter { !$0.attributes.isReadOnly && $0.status.map { $0 < 300 } == true }
        #expect(written.contains { $0.attributes.resource == "deployments" && $0.attributes.verb == "patch" })
        #expect(written.contains { $0.attributes.resource == "events" })
        #expect(written.contains { $0.attributes.resource == "configmaps" && $0.attributes.namespace == home })
        let isHA = objects.arguments.contains { $0.hasPrefix("--enable-ha") }
        #expect(written.contains { $0.attributes.resource == "leases" } == isHA)
    }

    /// What v1.4.21 never needed, and this one does without.
    private static let mayBeRefused: Set<String> = Set(
        ["deployments", "daemonsets", "statefulsets", "cronjobs", "jobs", "rollouts"].map { "watch \($0)" })

    private static func addWorkloads(to server: TestAPIServer, _ namespace: String) throws {
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
        for json in [
            #"{"apiVersion":"apps/v1","kind":"Deployment",\#(metadata("web")),"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},\#(pod("Always"))}}}"#,
            #"{"apiVersion":"batch/v1","kind":"CronJob",\#(metadata("report")),"spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":{\#(pod("Never"))}}}}}"#,
            #"{"apiVersion":"batch/v1","kind":"Job",\#(metadata("once")),"spec":{"template":{\#(pod("Never"))}}}"#,
        ] { try server.create(json: json) }
    }

    /// Runs the binary as a pod of that account would.
    private static func run(
        _ server: TestAPIServer, _ arguments: [String], _ environment: [String: String],
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws {
        let (exitCode, _) = try await server.withHTTPListener { url in
            let kubeconfig = """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "\(url)"}}]
                users: [{name: test, user: {token: token}}]
                contexts: [{name: test, context: {cluster: test, user: test}}]

                """
            return try await Kubeconfig.withFile(text: kubeconfig) { path in
                var variables: [Environment.Key: String] = ["KUBECONFIG": path]
                for (name, value) in environment { variables[try #require(Environment.Key(rawValue: name))] = value }
                return try await ReloaderProcess.run(
                    arguments + ["--listen-address=127.0.0.1:0"], environment: variables
                ) { process in
                    let line = try #require(await process.line { $0.contains("address=") })
                    let port = try #require(
                        line.split(separator: "127.0.0.1:").last.flatMap { Int($0.prefix { $0.isNumber }) })
                    while try await HTTPGet.get(port: port, path: "/ready", timeout: .seconds(30)).status != 200 {
                        await Task.yield()
                    }
                    try await body(process)
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
