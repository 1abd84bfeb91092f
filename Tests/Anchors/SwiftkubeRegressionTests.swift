import ControllerKit
import ControllerTestKit
import CoreMetrics
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// One test for each defect that was found in the client that Swift had before; what each of them broke is in its name.
@Suite(.timeLimit(.minutes(2))) struct SwiftkubeRegressionTests {
    private func client(_ transport: any Transport, metrics: (any MetricsFactory)? = nil) -> KubeClient {
        KubeClient(transport: transport, clock: NotingClock(), logger: .silent, metrics: metrics)
    }

    private func kubeconfig(cluster: String) throws -> KubeConfiguration {
        var system = KubeConfiguration.System()
        system.files = FileReader { (_) throws(FileError) in
            Array(
                """
                current-context: c
                contexts: [{name: c, context: {cluster: k}}]
                clusters: [{name: k, cluster: \(cluster)}]
                """.utf8)
        }
        return try KubeConfiguration.kubeconfig(paths: ["/k"], context: nil, system: system)
    }

    @Test func `1: a kubeconfig that says nothing about verification refuses a self-signed server`() async throws {
        guard await SelfSignedServer.isInstalled() else {
            Issue.record("openssl is not installed")
            return
        }
        try await SelfSignedServer.withServer { url in
            func failure(_ cluster: String) async throws -> TransportFailure.Kind? {
                let client = try KubeClient(configuration: self.kubeconfig(cluster: cluster), logger: .silent)
                do {
                    _ = try await client.resource(.configMaps, as: ObjectMetadata.self).list()
                    return nil
                } catch {
                    return (error.underlying as? TransportFailure)?.kind
                }
            }
            let verified = try await failure("{server: '\(url)'}")
            #expect(verified == .tls)
            // Reaches the server, whose page is no list: only then is the first answer worth something.
            let unverified = try await failure("{server: '\(url)', insecure-skip-tls-verify: true}")
            #expect(unverified == nil)
        }
    }

    @Test func `2: a pod whose authority cannot be read still verifies the server`() throws {
        var system = KubeConfiguration.System()
        system.files = FileReader { (path) throws(FileError) in
            guard path.hasSuffix("/token") else { throw FileError(path: path, code: 13) }
            return Array("token".utf8)
        }
        let configuration = try KubeConfiguration.inCluster(
            environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"], system: system)
        #expect(!configuration.tls.skipsVerification)
        #expect(configuration.warnings.count == 1)
    }

    @Test func `3: the version to watch from goes into the query`() async throws {
        let server = TestAPIServer()
        try await server.withHTTPListener { url in
            let client = try KubeClient(configuration: KubeConfiguration(server: url), logger: .silent)
            let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
            let version = try await configMaps.list().metadata.resourceVersion
            async let watch: Void = configMaps.watch(WatchOptions(start: .after(version))) { _ in }
            let request = try await server.waitForRequest { $0.attributes.verb == "watch" }
            #expect(request[query: "resourceVersion"] == version.rawValue)
            #expect(request[header: "resourceVersion"] == nil)
            server.closeWatches()
            try await watch
        }
    }

    @Test func `4: a thousand watches that end in good order are followed by one more`() async throws {
        let watches = Atomic(0)
        let (news, end) = AsyncStream<Void>.makeStream()
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            try receiver.answer("")
            guard request.target.contains("watch=true") else {
                return try receiver.send(#"{"kind":"ConfigMapList","metadata":{"resourceVersion":"1"},"items":[]}"#)
            }
            let number = watches.wrappingAdd(1, ordering: .relaxed).newValue
            try receiver.send(
                #"{"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"\#(number + 1)"}}}"#
                    + "\n")
            if number > 1000 { end.finish() }
        }
        let informer = Informer<ObjectMetadata>(
            client(transport).resource(.configMaps), options: InformerOptions(streamingList: false), logger: .silent,
            clock: NotingClock())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { do { try await informer.run() } catch is CancellationError {} }
            for await _ in news {}
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(transport.requests.filter { $0.query.contains { $0.name == "watch" } }.count > 1000)
        // None of the ends was taken for a reason to begin anew.
        #expect(transport.requests.filter { !$0.query.contains { $0.name == "watch" } }.count == 1)
    }

    @Test func `5: an object of 2 MiB that comes byte by byte is one event`() async throws {
        let value = String(repeating: "x", count: 2 << 20)
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            try receiver.send(
                #"{"type":"ADDED","object":{"metadata":{"name":"big","namespace":"n"},"data":{"k":"\#(value)"}}}"#
                    + "\n",
                inPiecesOf: 1)
        }
        let sizes = Journal<Int>()
        try await client(transport).resource(.configMaps, as: UnstructuredObject.self).watch { event in
            if case .added(let object) = event { sizes.append(object[at: "/data/k"]?.string?.utf8.count ?? 0) }
        }
        #expect(sizes.entries == [2 << 20])
    }

    @Test func `6: line ends of Unicode inside strings end no event`() async throws {
        let text = "one\u{2028}two\u{85}three\u{2029}four\u{0B}"
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            let escaped = text.replacing("\u{0B}", with: #"\u000b"#)
            try receiver.send(
                #"{"type":"MODIFIED","object":{"metadata":{"name":"a"},"data":{"k":"\#(escaped)"}}}"# + "\n",
                inPiecesOf: 7)
        }
        let values = Journal<String?>()
        try await client(transport).resource(.configMaps, as: UnstructuredObject.self).watch { event in
            if case .modified(let object) = event { values.append(object[at: "/data/k"]?.string) }
        }
        #expect(values.entries == [text])
    }

    @Test func `7: a bookmark moves the version on, and an ERROR is what the server says, not an object`() async throws
    {
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            try receiver.send(
                #"{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"77"}}}"#
                    + "\n")
            try receiver.send(
                #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","#
                    + #""message":"too old resource version: 1 (77)","reason":"Expired","code":410}}"# + "\n")
        }
        let versions = Journal<String>()
        await #expect {
            try await client(transport).resource(.configMaps, as: ObjectMetadata.self).watch { event in
                if case .bookmark(let version, endsInitialEvents: false) = event { versions.append(version.rawValue) }
            }
        } throws: {
            ($0 as? KubeError)?.isExpired == true
        }
        #expect(versions.entries == ["77"])
    }

    @Test func `8: a reader that stands still costs bounded memory, and is told`() async throws {
        let accepted = Atomic(0)
        let isOver = Atomic(false)
        let payload = String(repeating: "z", count: 64 << 10)
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            defer { isOver.store(true, ordering: .releasing) }
            try receiver.answer("")
            // 640 MiB, were they all kept.
            for number in 0..<10_000 {
                try receiver.send(
                    #"{"type":"ADDED","object":{"metadata":{"name":"c\#(number)"},"data":{"k":"\#(payload)"}}}"# + "\n")
                accepted.wrappingAdd(1, ordering: .relaxed)
            }
        }
        let configMaps = client(transport).resource(.configMaps, as: UnstructuredObject.self)
        try await configMaps.withWatch(bufferLimit: 4 << 20) { events in
            while !isOver.load(ordering: .acquiring) { await Task.yield() }
            var read = 0
            do {
                while try await events.next() != nil { read += 1 }
                Issue.record("the watch went on")
            } catch let error as KubeError {
                #expect(error.code == .overflow)
            }
            #expect(read == accepted.load(ordering: .relaxed))
            #expect((32...64).contains(read))
        }
    }

    /// Gives another token with each request.
    private final class TurningToken: Credentials {
        private let count = Atomic(0)
        var description: String { "turning token" }
        func headers() async throws(KubeError) -> [(name: String, value: String)] {
            [("Authorization", "Bearer token-\(count.wrappingAdd(1, ordering: .relaxed).newValue)")]
        }
    }

    @Test func `9: each watch takes the token of the day`() async throws {
        let server = TestAPIServer()
        let tokens = Journal<String>()
        server.authenticate { token in
            tokens.append(token)
            return .admin
        }
        try await server.withHTTPListener { url in
            let configuration = KubeConfiguration(server: url, credentials: TurningToken())
            let transport = try CurlTransport(
                configuration: configuration, logger: .silent, authenticatesWithoutTLS: true)
            let configMaps = self.client(transport).resource(.configMaps, as: ObjectMetadata.self)
            for _ in 1...2 {
                async let watch: Void = configMaps.watch { _ in }
                try await server.waitForWatches { $0.count == 1 }
                server.closeWatches()
                try await watch
            }
        }
        #expect(tokens.entries == ["token-1", "token-2"])
    }

    @Test func `10: a list of 100 MiB is read to its end`() async throws {
        // 64 KiB of payload in each of 1,600 objects.
        let payload = String(repeating: "y", count: 64 << 10)
        let count = 1600
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            try receiver.send(#"{"kind":"ConfigMapList","metadata":{"resourceVersion":"9"},"items":["#)
            for number in 0..<count {
                let item = #"{"metadata":{"name":"c\#(number)","namespace":"n"},"data":{"k":"\#(payload)"}}"#
                try receiver.send((number == 0 ? "" : ",") + item, inPiecesOf: 16 << 10)
            }
            try receiver.send("]}")
        }
        let last = Journal<String>()
        let seen = Atomic(0)
        let metadata = try await client(transport).resource(.configMaps, as: ObjectMetadata.self).list { item in
            if seen.wrappingAdd(1, ordering: .relaxed).newValue == count { last.append(item.name) }
        }
        #expect(seen.load(ordering: .relaxed) == count)
        #expect(last.entries == ["c\(count - 1)"])
        #expect(metadata.resourceVersion.rawValue == "9")
    }

    @Test(arguments: [
        ("{}", "names no server"), ("{server: 'ftp://h'}", "is not a server URL"),
        ("{server: https://h, certificate-authority: none}", "holds no PEM certificate"),
        ("{server: https://h, certificate-authority-data: '%'}", "is not Base64"),
        ("[", "/k:"),
    ])
    func `11: a configuration that cannot be used says why`(cluster: String, reason: String) {
        #expect {
            try kubeconfig(cluster: cluster)
        } throws: {
            ($0 as? KubeError)?.code == .configuration && "\($0)".contains(reason)
        }
    }

    @Test func `12: the series of the metrics do not grow with what is asked for`() async throws {
        let registry = PrometheusRegistry()
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            try receiver.answer("")
            try receiver.send(#"{"metadata":{"name":"x"}}"#)
        }
        let api = client(transport, metrics: registry)
        func text() -> String { String(decoding: registry.exposition(), as: UTF8.self) }
        func series() -> Int { text().split(separator: "\n").filter { !$0.hasPrefix("#") }.count }
        let configMaps = api.resource(.configMaps, as: ObjectMetadata.self)
        _ = try await configMaps.get(ObjectKey(namespace: "n", name: "x"))
        let before = series()
        #expect(before > 0)
        for number in 1...100 {
            _ = try await configMaps.get(ObjectKey(namespace: "n\(number)", name: "name\(number)"))
            let resource = APIResource(group: "g\(number)", version: "v1", plural: "things", kind: "Thing")
            _ = try await api.resource(resource, as: ObjectMetadata.self).get(ObjectKey(name: "x"))
        }
        #expect(series() == before)
        #expect(!text().contains("name7"))
    }
}
