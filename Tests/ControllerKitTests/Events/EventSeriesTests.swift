import KubeClient
import Testing

@testable import ControllerKit

@Suite struct EventSeriesTests {
    private func event(_ message: String = "m", at seconds: Int64, object: String = "web") -> RecordedEvent {
        RecordedEvent(
            .normal,
            regarding: .init(resource: .deployments, key: ObjectKey(namespace: "n", name: object), uid: "u"),
            reason: "R", message: message, component: "c", time: Timestamp(seconds: seconds))
    }

    /// `create 1 5...5`, `patch name 2 5...9`, or nothing.
    private func text(_ write: EventSeries.Write?) -> String {
        guard let write else { return "nothing" }
        let times = "\(write.occurrences.count) \(write.occurrences.first.seconds)...\(write.occurrences.last.seconds)"
        return write.name.map { "patch \($0) \(times)" } ?? "create \(times)"
    }

    @Test func `equal events that wait are one`() {
        var series = EventSeries(limit: 2)
        for time in 1...1000 { #expect(series.add(event(at: Int64(time))) == true) }
        #expect(text(series.next()) == "create 1000 1...1000")
        #expect(series.isEmpty)
    }

    @Test func `an equal event within ten minutes of the last is counted up, a later one is new`() throws {
        var series = EventSeries(limit: 10)
        for (time, expected, name) in [
            (100, "create 1 100...100", "first"), (700, "patch first 2 100...700", "first"),
            (1300, "patch first 3 100...1300", "first"), (1901, "create 1 1901...1901", "second"),
            (1902, "patch second 2 1901...1902", "second"),
        ] as [(Int64, String, String)] {
            #expect(series.add(event(at: time)) == true)
            let write = try series.sent()
            #expect(text(write) == expected)
            series.succeeded(write, name: name)
        }
    }

    @Test(arguments: ["message", "object"]) func `what differs is another event`(what: String) throws {
        var series = EventSeries(limit: 10)
        #expect(series.add(event(at: 1)) == true)
        series.succeeded(try series.sent(), name: "first")
        let other = what == "object" ? event(at: 2, object: "other") : event("other", at: 2)
        #expect(series.add(other) == true)
        #expect(text(series.next()) == "create 1 2...2")
    }

    @Test func `the version of the object makes no difference`() throws {
        var series = EventSeries(limit: 10)
        var later = event(at: 2)
        later.regarding.resourceVersion = ResourceVersion(rawValue: "7")
        #expect(series.add(event(at: 1)) == true)
        #expect(series.add(later) == true)
        #expect(text(series.next()) == "create 2 1...2")
    }

    @Test func `what does not fit is refused, but counting needs no room`() {
        var series = EventSeries(limit: 2)
        #expect(series.add(event("a", at: 1)) == true)
        #expect(series.add(event("b", at: 1)) == true)
        #expect(series.add(event("c", at: 1)) == false)
        #expect(series.add(event("a", at: 2)) == true)
        #expect(text(series.next()) == "create 2 1...2")
        #expect(series.add(event("c", at: 3)) == true)
    }

    @Test func `an Event that is gone is written anew with its count`() throws {
        var series = EventSeries(limit: 2)
        #expect(series.add(event(at: 1)) == true)
        series.succeeded(try series.sent(), name: "first")
        #expect(series.add(event(at: 2)) == true)
        let patch = try series.sent()
        #expect(text(series.failed(patch, .status(404))) == "create 2 1...2")
    }

    @Test func `who may not change Events writes new ones from then on`() throws {
        var series = EventSeries(limit: 2)
        #expect(series.add(event(at: 1)) == true)
        series.succeeded(try series.sent(), name: "first")
        #expect(series.add(event(at: 2)) == true)
        let instead = series.failed(try series.sent(), .status(403))
        series.succeeded(try #require(instead), name: "second")
        #expect(series.add(event(at: 3)) == true)
        #expect(text(series.next()) == "create 1 3...3")
    }

    @Test(arguments: [403, 404, 422, 500]) func `an Event that cannot be created is forgotten`(status: Int) throws {
        var series = EventSeries(limit: 2)
        #expect(series.add(event(at: 1)) == true)
        let instead = series.failed(try series.sent(), .status(status))
        #expect(text(instead) == "nothing")
        #expect(series.add(event(at: 2)) == true)
        #expect(text(series.next()) == "create 1 2...2")
    }

    @Test func `memory is bounded`() throws {
        var series = EventSeries(limit: 10)
        for number in 0..<(3 * EventSeries.memory) {
            #expect(series.add(event("\(number)", at: 5)) == true)
            series.succeeded(try series.sent(), name: "n")
            #expect(series.writtenCount <= EventSeries.memory)
        }
    }
}

extension EventSeries {
    /// The next thing to send, which must be there.
    fileprivate mutating func sent() throws -> Write {
        let write = next()
        return try #require(write)
    }
}

extension KubeError {
    fileprivate static func status(_ code: Int) -> KubeError {
        KubeError(.status, "refused", status: Status(code: code, reason: "", message: ""))
    }
}
