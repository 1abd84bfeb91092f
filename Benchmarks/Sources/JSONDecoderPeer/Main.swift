import BenchSupport
import CMeasure
import Foundation

// What people would write with Foundation: models of just the fields that Reloader reads.
private struct Metadata: Decodable {
    var name: String
    var namespace: String?
    var uid: String
    var resourceVersion: String
    var labels: [String: String]?
    var annotations: [String: String]?
}

/// The values are the text of a ConfigMap or the bytes of a Secret.
private struct Item<Value: Decodable>: Decodable {
    var metadata: Metadata
    var data: [String: Value]?
}

private struct List<Value: Decodable>: Decodable {
    var items: [Item<Value>]
}

private struct Event: Decodable {
    var type: String
    var object: Item<String>
}

@main struct Main {
    static func main() throws {
        if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "watch",
            let kind = Corpus.Kind(rawValue: CommandLine.arguments[2]), let count = Int(CommandLine.arguments[3])
        {
            return try watch(kind, count)
        }
        guard CommandLine.arguments.count == 3, let kind = Corpus.Kind(rawValue: CommandLine.arguments[1]),
            let count = Int(CommandLine.arguments[2])
        else { return print("usage: JSONDecoderPeer [watch] KIND COUNT") }
        if kind == .secrets {
            try decode(List<Data>.self, kind, count)
        } else {
            try decode(List<String>.self, kind, count)
        }
    }

    private static func decode<Value>(_ type: List<Value>.Type, _ kind: Corpus.Kind, _ count: Int) throws {
        let document = Data(Corpus.list(kind, count: count))
        let decoder = JSONDecoder()
        var seconds: [Double] = []
        var allocations = 0
        for _ in 0..<3 {
            let (start, before) = (processSeconds(), cmeasure_allocations())
            let list = try decoder.decode(type, from: document)
            seconds.append(processSeconds() - start)
            allocations = Int(cmeasure_allocations() - before) / list.items.count
        }
        print(Measurement("speed", Double(document.count) / 1e6 / median(seconds), "MB/s").line)
        print(Measurement("objects", Double(count) / median(seconds), "1/s").line)
        print(Measurement("allocations", Double(allocations), "per-object").line)
    }
    /// A frame at a time, the cutting into lines not included.
    private static func watch(_ kind: Corpus.Kind, _ count: Int) throws {
        let frames = Corpus.watch(kind, count: count).split(separator: UInt8(ascii: "\n")).map { Data($0) }
        let decoder = JSONDecoder()
        var rates: [Double] = []
        for _ in 0..<3 {
            let start = processSeconds()
            for frame in frames { _ = try decoder.decode(Event.self, from: frame) }
            rates.append(Double(count) / (processSeconds() - start))
        }
        print(Measurement("events", median(rates), "1/s").line)
    }
}
