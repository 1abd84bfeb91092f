import KubeClient
import Logging

/// One program under the load, from its start to SIGTERM.
struct Performance {
    /// Why a program could not be measured.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Longest wait for one reload.
    private static let patience = Duration.seconds(60)

    private let stage: Stage
    private let rollouts: Rollouts
    private let recorder: Recorder
    private let program: RunningCommand
    private(set) var figures = Figures()
    private var missed = 0

    /// Measures a program once.
    static func measure(
        _ command: CommandTemplate.Command, environment: [String: String], _ stage: Stage, _ rollouts: Rollouts,
        _ recorder: Recorder
    ) async throws -> Figures {
        recorder.reset()
        return try await RunningCommand.run(command, environment: environment) { program in
            var performance = Performance(stage: stage, rollouts: rollouts, recorder: recorder, program: program)
            try await performance.play()
            return performance.figures
        }
    }

    private init(stage: Stage, rollouts: Rollouts, recorder: Recorder, program: RunningCommand) {
        self.stage = stage
        self.rollouts = rollouts
        self.recorder = recorder
        self.program = program
    }

    private mutating func play() async throws {
        try await start()
        try await singleChanges()
        try await fanOut()
        try await changedTogether()
        try await unusedChanges()
        figures[.peakMemory] = program.mebibytes("VmHWM")
        figures[.missed] = Double(missed)
    }

    private mutating func start() async throws {
        let start = ContinuousClock.now
        while !recorder.watched.isSuperset(of: ["configmaps", "secrets"]) {
            try await Task.sleep(for: .milliseconds(5))
            guard !program.hasEnded, ContinuousClock.now - start < .seconds(120) else {
                throw Failure(
                    description:
                        "it \(program.hasEnded ? "ended" : "watches neither ConfigMaps nor Secrets after 120 s")"
                        + ", its last lines are:\n\(program.lastLines)")
            }
        }
        figures[.startCPU] = try await settled()
        figures[.startCalls] = total(recorder.calls)
        figures[.memory] = program.mebibytes("VmRSS")
        figures[.anonymousMemory] = program.mebibytes("RssAnon")
        try await warmUp()
    }

    /// Changes a config until that reloads: a program that watches need not have made up its mind about what it found.
    private mutating func warmUp() async throws {
        for number in 0..<10 {
            let generation = rollouts.generations["single"] ?? 0
            try await stage.change("single", to: unique(number))
            if await rollouts.wait(atMost: Self.patience / 10, until: { $0["single"] ?? 0 > generation }) { break }
            guard !program.hasEnded else { throw failure("ended while it was measured") }
        }
        try await settled()
    }

    private mutating func singleChanges() async throws {
        recorder.reset()
        let before = try await settled()
        var latencies: [Double] = []
        for number in 0..<stage.size.changes {
            let generation = rollouts.generations["single"] ?? 0
            let start = ContinuousClock.now
            try await stage.change("single", to: unique(number))
            let isDone = await rollouts.wait(atMost: Self.patience) { $0["single"] ?? 0 > generation }
            if isDone { latencies.append((.now - start) / .milliseconds(1)) } else { try miss() }
            // Until the Event is through, so that the next change is one by itself.
            try await Task.sleep(for: .milliseconds(20))
        }
        figures[.latency] = percentile(latencies, 0.5)
        figures[.latency99] = percentile(latencies, 0.99)
        let count = Double(stage.size.changes)
        figures[.reloadCPU] = (try await settled() - before) / count * 1000
        let calls = recorder.calls
        figures[.reloadCalls] = total(calls) / count
        for verb in Figure.verbs { figures[.calls(verb)] = Double(calls[verb] ?? 0) / count }
    }

    private mutating func fanOut() async throws {
        let names = (0..<stage.size.fanOut).map { "fan-\($0)" }
        var times: [Double] = []
        for number in 0..<3 {
            try await settled()
            let before = rollouts.generations
            let start = ContinuousClock.now
            try await stage.change("fan", to: unique(number))
            let isDone = await rollouts.wait(atMost: Self.patience) { now in
                names.allSatisfy { now[$0] ?? 0 > before[$0] ?? 0 }
            }
            if isDone { times.append((.now - start) / .seconds(1)) } else { try miss() }
        }
        figures[.fanOut] = percentile(times, 0.5)
    }

    private mutating func changedTogether() async throws {
        var rolloutCount = 0
        for number in 0..<3 {
            try await settled()
            let generation = rollouts.generations["triple"] ?? 0
            async let first: Void = stage.change("triple-0", to: unique(number))
            async let second: Void = stage.change("triple-1", to: unique(number))
            async let third: Void = stage.change("triple-2", to: unique(number))
            _ = try await (first, second, third)
            if await !rollouts.wait(atMost: Self.patience, until: { $0["triple"] ?? 0 > generation }) { try miss() }
            // Those that follow, if any.
            try await settled()
            rolloutCount += (rollouts.generations["triple"] ?? 0) - generation
        }
        figures[.rolloutsTogether] = Double(rolloutCount) / 3
    }

    private mutating func unusedChanges() async throws {
        let before = try await settled()
        recorder.reset()
        for number in 0..<stage.size.unusedChanges {
            try await stage.change("unrelated-\(number % max(1, stage.size.unrelated))", to: unique(number))
        }
        let count = Double(stage.size.unusedChanges)
        figures[.unusedCPU] = (try await settled() - before) / count * 1000
        figures[.unusedCalls] = total(recorder.calls) / count
    }

    /// Counts a reload that did not come; a program that has ended is not waited for any more.
    private mutating func miss() throws {
        guard !program.hasEnded else { throw failure("ended while it was measured") }
        missed += 1
    }

    private func failure(_ what: String) -> Failure {
        Failure(description: "it \(what), its last lines are:\n\(program.lastLines)")
    }

    /// A content that was never there.
    private func unique(_ number: Int) -> String { "\(number)-\(UInt64.random(in: 0 ... .max))" }

    private func total(_ calls: [String: Int]) -> Double {
        Double(calls.filter { $0.key != "watch" }.values.reduce(0, +))
    }

    /// Waits until it has used next to no CPU and asked nothing for a second, at most a minute; returns the CPU time that
    /// it has used in all.
    @discardableResult
    private func settled() async throws -> Double {
        var last = (cpu: program.cpuSeconds, calls: recorder.calls)
        var quiet = 0
        for _ in 0..<120 where quiet < 2 {
            try await Task.sleep(for: .milliseconds(500))
            let now = (cpu: program.cpuSeconds, calls: recorder.calls)
            quiet = now.cpu - last.cpu >= 0.005 || now.calls != last.calls ? 0 : quiet + 1
            last = now
        }
        return last.cpu
    }
}

/// The smallest value that is not exceeded by this share of the values.
func percentile(_ values: [Double], _ share: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1))]
}
