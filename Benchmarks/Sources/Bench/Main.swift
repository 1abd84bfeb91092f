import BenchSupport
import Glibc

/// Measures the libraries and the release binary, compares with the thresholds, exits 1 when one is exceeded.
@main struct Main {
    static func main() async {
        do {
            let settings = try Settings(Array(CommandLine.arguments.dropFirst()))
            var report = Report(try Thresholds(readFile(settings.thresholds)))
            for scenario in Scenario.all where settings.includes(scenario) {
                try await scenario.body(settings, &report)
            }
            guard report.over.isEmpty else {
                print("\nover the threshold: \(report.over.joined(separator: ", "))")
                exit(1)
            }
            print("\nall within their thresholds")
        } catch {
            print("\(error)")
            exit(2)
        }
    }
}

/// One group of figures.
struct Scenario: Sendable {
    var name: String
    /// Whether it runs only when it is named.
    var isOnRequest = false
    var body: @Sendable (Settings, inout Report) async throws -> Void

    static let all = [decoding, watch, requests, memory, sync, queue, latency, binary, idle, load, scale, burst, soak]
}

/// What the command line says.
struct Settings: Sendable {
    struct Usage: Error {
        let text = "usage: Bench --reloader PATH [--static PATH] [--seconds N] --thresholds PATH [SCENARIO ...]"
    }

    var reloader = ""
    /// The binary with the Swift runtime inside; empty when it was not built.
    var staticReloader = ""
    var thresholds = ""
    /// How long the soak takes.
    var seconds = 60
    private var names: [String] = []

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--reloader": reloader = rest.popFirst() ?? ""
            case "--static": staticReloader = rest.popFirst() ?? ""
            case "--seconds": seconds = rest.popFirst().flatMap { Int($0) } ?? 0
            case "--thresholds": thresholds = rest.popFirst() ?? ""
            default: names.append(argument)
            }
        }
        let known = Set(Scenario.all.map(\.name))
        guard seconds > 0, !reloader.isEmpty, !thresholds.isEmpty, names.allSatisfy(known.contains) else {
            throw Usage()
        }
    }

    func includes(_ scenario: Scenario) -> Bool {
        names.isEmpty ? !scenario.isOnRequest : names.contains(scenario.name)
    }

    /// A program that was built along with this one.
    func sibling(_ name: String) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
            + name
    }

    /// Runs a sibling and reads its measurements.
    func measure(_ name: String, _ arguments: [String]) throws -> [String: Measurement] {
        let process = try ChildProcess(sibling(name), arguments)
        guard process.wait() == 0 else {
            throw ChildProcess.LaunchFailure(message: "\(name) failed: \(process.lines.joined(separator: "\n"))")
        }
        let measurements = process.lines.compactMap { Measurement(line: $0) }
        return Dictionary(measurements.map { ($0.name, $0) }) { $1 }
    }
}
