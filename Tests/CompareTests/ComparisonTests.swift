import Synchronization
import Testing

@testable import Compare

/// Two programs under one load.
@Suite(.timeLimit(.minutes(3))) struct ComparisonTests {
    @Test func `a wasteful program is seen to waste`() async throws {
        let options = try CompareOptions([
            "--ours", "\(binary("Reloader")) --listen-address=127.0.0.1:{port} --reload-delay=50ms",
            "--other", "python3 \(sourceFolder)/wasteful.py {kubeconfig} {namespace}",
            "--objects", "20", "--workloads", "5", "--changes", "3", "--rounds", "1",
        ])
        let steps = Mutex(0)
        let table = try await Comparison(options: options) { _ in steps.withLock { $0 += 1 } }.run()
        let (ours, other) = (table.ours, table.other)
        #expect(steps.withLock { $0 } == 3)
        for figures in [ours, other] { #expect(figures[.missed] == 0) }

        #expect(ours[.reloadCalls] == 2)
        // The workload's, and an Event: created, or counted up when it says the same.
        #expect(ours[.calls("patch")] >= 1)
        #expect(abs(ours[.calls("patch")] + ours[.calls("create")] - 2) < 0.001)
        #expect(ours[.rolloutsTogether] == 1)
        #expect(ours[.unusedCalls] == 0)

        #expect(other[.reloadCalls] == 11)
        #expect(other[.calls("list")] == 10)
        #expect(other[.rolloutsTogether] == 3)
        #expect(other[.unusedCalls] == 10)

        for figure in [Figure.startCPU, .memory, .latency, .latency99, .fanOut, .reloadCPU] {
            #expect(ours[figure] > 0)
            #expect(other[figure] > 0)
        }
        let row = try #require(table.description.split(separator: "\n").first { $0.hasPrefix("calls per change with") })
        #expect(row.split(separator: " ").suffix(4) == ["2", "11", "5.50", "×"])
    }

    @Test func `a program that ends is named with what it said`() async throws {
        let options = try CompareOptions([
            "--ours", "sh -c 'echo oh no; exit 3'", "--other", "true", "--objects", "1", "--workloads", "1",
        ])
        let error = await #expect(throws: Performance.Failure.self) { try await Comparison(options: options).run() }
        #expect(error?.description.contains("Reloader could not be measured: it ended") == true)
        #expect(error?.description.contains("oh no") == true)
    }

    private var sourceFolder: String { #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() }
}
