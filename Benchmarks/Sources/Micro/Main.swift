import BenchSupport
import CMeasure
import ControllerKit
import KubeClient
import Logging
import ReloaderCore
import ServiceLifecycle
import Synchronization

/// One measurement of the libraries, printed as lines.
@main struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let what = arguments.first else { return usage() }
        if what == "queue" { return await queue() }
        if what == "latency" { return try await latency() }
        if what == "requests", arguments.count == 2, let url = arguments.last { return try await requests(url) }
        guard arguments.count == 3, let kind = Corpus.Kind(rawValue: arguments[2]), let count = Int(arguments[3]) else {
            return usage()
        }
        switch (what, kind) {
        case ("decode", .configmaps), ("decode-protobuf", .configmaps):
            try await decode(ConfigMapResource.self, kind, count, isProtobuf: what == "decode-protobuf")
        case ("decode", .secrets), ("decode-protobuf", .secrets):
            try await decode(SecretResource.self, kind, count, isProtobuf: what == "decode-protobuf")
        case ("decode", .deployments), ("decode-protobuf", .deployments):
            try await decode(DeploymentResource.self, kind, count, isProtobuf: what == "decode-protobuf")
        case ("decode", .metadata), ("decode-protobuf", .metadata):
            try await decode(ObjectMetadata.self, kind, count, isProtobuf: what == "decode-protobuf")
        case ("watch", .configmaps): try await watch(ConfigMapResource.self, kind, count)
        case ("watch", .metadata): try await watch(ObjectMetadata.self, kind, count)
        case ("memory", .configmaps): try await memory(ConfigMapResource.self, kind, count)
        case ("memory", .secrets): try await memory(SecretResource.self, kind, count)
        case ("memory", .deployments): try await memory(DeploymentResource.self, kind, count)
        case ("memory", .metadata): try await memory(ObjectMetadata.self, kind, count)
        case ("sync", .configmaps): try await sync(ConfigMapResource.self, kind, count)
        case ("sync", .metadata): try await sync(ObjectMetadata.self, kind, count)
        default: usage()
        }
    }

    private static func usage() {
        print(
            """
            usage: Micro queue | latency | requests URL | decode KIND COUNT | decode-protobuf KIND COUNT | watch KIND COUNT
                 | memory KIND COUNT | sync KIND COUNT
            """)
    }

    private static func resource<Object: KubeObject>(
        _ transport: some Transport, _ type: Object.Type, _ resource: APIResource = .configMaps
    ) -> ResourceClient<Object> {
        KubeClient(transport: transport, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
            .resource(resource, as: type)
    }

    /// A list from its bytes to the projections, none of them kept.
    private static func decode<Object: KubeObject>(
        _ type: Object.Type, _ kind: Corpus.Kind, _ count: Int, isProtobuf: Bool
    ) async throws {
        let document = isProtobuf ? Corpus.protobufList(kind, count: count) : Corpus.list(kind, count: count)
        let transport = CannedTransport(kind: kind, count: count, document: document, isProtobuf: isProtobuf)
        let resources: [Corpus.Kind: APIResource] = [.secrets: .secrets, .deployments: .deployments]
        let client = resource(transport, type, resources[kind] ?? .configMaps)
        var seconds: [Double] = []
        var allocations = 0
        for _ in 0..<7 {
            let seen = Atomic(0)
            let (start, before) = (processSeconds(), cmeasure_allocations())
            _ = try await client.list { _ in seen.add(1, ordering: .relaxed) }
            seconds.append(processSeconds() - start)
            allocations = Int(cmeasure_allocations() - before) / max(1, seen.load(ordering: .relaxed))
        }
        print(Measurement("speed", Double(document.count) / 1e6 / median(seconds), "MB/s").line)
        print(Measurement("objects", Double(count) / median(seconds), "1/s").line)
        print(Measurement("allocations", Double(allocations), "per-object").line)
    }

    /// A watch from its bytes to the projections, none of them kept.
    private static func watch<Object: KubeObject>(
        _ type: Object.Type, _ kind: Corpus.Kind, _ count: Int
    ) async throws {
        let transport = CannedTransport(kind: kind, count: count, watch: Corpus.watch(kind, count: count))
        let client = resource(transport, type)
        var rates: [Double] = []
        for _ in 0..<7 {
            let seen = Atomic(0)
            let start = processSeconds()
            try await client.watch { _ in seen.add(1, ordering: .relaxed) }
            rates.append(Double(count) / (processSeconds() - start))
            precondition(seen.load(ordering: .relaxed) == count)
        }
        print(Measurement("events", median(rates), "1/s").line)
    }

    /// One small object read again and again over loopback, one request after the other and sixteen at a time.
    private static func requests(_ url: String) async throws {
        let client = try KubeClient(
            configuration: KubeConfiguration(server: url),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        ).resource(.configMaps, as: ConfigMapResource.self)
        let key = ObjectKey(namespace: "bench", name: "used")
        for (name, width, count) in [("one", 1, 500), ("sixteen", 16, 2_000)] {
            var (rates, costs): ([Double], [Double]) = ([], [])
            for _ in 0..<5 {
                let (start, before) = (ContinuousClock.now, processSeconds())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<width {
                        group.addTask { for _ in 0..<count / width { _ = try await client.get(key) } }
                    }
                    try await group.waitForAll()
                }
                rates.append(Double(count) / ((ContinuousClock.now - start) / .seconds(1)))
                costs.append((processSeconds() - before) / Double(count) * 1e6)
            }
            print(Measurement("\(name).rate", median(rates), "1/s").line)
            print(Measurement("\(name).cpu", median(costs), "us").line)
        }
    }

    /// What an informer keeps for each object.
    private static func memory<Object: KubeObject>(
        _ type: Object.Type, _ kind: Corpus.Kind, _ count: Int
    ) async throws {
        // The first run pays for what a process needs once: metadata, tables, thread stacks.
        let warm = informer(type, kind, 200)
        try await warm.synced()
        let before = cmeasure_live_bytes()
        let measured = informer(type, kind, count)
        try await measured.synced()
        let after = cmeasure_live_bytes()
        precondition(measured.informer.store.count == count)
        print(Measurement("kept", Double(after - before) / Double(count), "B/object").line)
    }

    /// From nothing to a full cache, the making of the bytes not included.
    private static func sync<Object: KubeObject>(_ type: Object.Type, _ kind: Corpus.Kind, _ count: Int) async throws {
        let document = Corpus.list(kind, count: count)
        var (cpu, wall, kept): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<3 {
            let before = cmeasure_live_bytes()
            let cold = informer(type, kind, count, document: document)
            let start = (processSeconds(), ContinuousClock.now)
            try await cold.synced()
            cpu.append(processSeconds() - start.0)
            wall.append((ContinuousClock.now - start.1) / .seconds(1))
            kept.append(Double(cmeasure_live_bytes() - before) / 1_048_576)
            precondition(cold.informer.store.count == count)
        }
        print(Measurement("cpu", median(cpu), "s").line)
        print(Measurement("wall", median(wall), "s").line)
        print(Measurement("kept", median(kept), "MiB").line)
    }

    /// From the bytes of a watch event to the reconcile of its key.
    private static func latency() async throws {
        let rounds = 3000
        let (events, sink) = AsyncStream<[UInt8]>.makeStream()
        let (reconciled, signal) = AsyncStream<Void>.makeStream()
        let client = resource(PacedTransport(events: events), ObjectMetadata.self)
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let informer = Informer(client, options: InformerOptions(streamingList: false), logger: logger)
        let controller = Controller("bench", reconciler: Signalling(signal: signal), logger: logger)
        controller.watch(informer)
        var microseconds: [Double] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await informer.run() }
            group.addTask { try? await controller.run() }
            try await informer.waitUntilSynced()
            var done = reconciled.makeAsyncIterator()
            for round in 0..<rounds {
                let event = PacedTransport.event(version: 900_000_001 + round)
                let start = ContinuousClock.now
                sink.yield(event)
                await done.next()
                microseconds.append(Double((ContinuousClock.now - start).components.attoseconds) / 1e12)
            }
            group.cancelAll()
        }
        print(Measurement("p50", percentile(microseconds, 0.5), "us").line)
        print(Measurement("p99", percentile(microseconds, 0.99), "us").line)
    }

    private struct Signalling: Reconciler {
        var signal: AsyncStream<Void>.Continuation
        func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
            signal.yield()
            return .done
        }
    }

    private struct Running<Object: KubeObject> {
        var informer: Informer<Object>

        /// Runs the informer until it has its list; the store stays.
        func synced() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await informer.run() }
                try await informer.waitUntilSynced()
                group.cancelAll()
            }
        }
    }

    private static func informer<Object: KubeObject>(
        _ type: Object.Type, _ kind: Corpus.Kind, _ count: Int, document: [UInt8]? = nil
    ) -> Running<Object> {
        var options = InformerOptions()
        options.streamingList = false
        return Running(
            informer: Informer(
                resource(CannedTransport(kind: kind, count: count, document: document), type), options: options,
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Keys through a work queue: added, taken, finished.
    private static func queue() async {
        let keys = (0..<10_000).map { ObjectKey(namespace: Corpus.namespace($0), name: Corpus.name($0)) }
        let queue = WorkQueue<ObjectKey>(name: "bench")
        var rates: [Double] = []
        for _ in 0..<7 {
            let start = processSeconds()
            for key in keys { queue.add(key) }
            for _ in keys {
                guard let lease = await queue.next() else { return }
                lease.finish(.done)
            }
            rates.append(Double(keys.count) / (processSeconds() - start))
        }
        print(Measurement("cycles", median(rates), "1/s").line)
    }
}
