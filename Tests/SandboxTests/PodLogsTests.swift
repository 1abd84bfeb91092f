import KubeClient
import Testing

@testable import Sandbox

@Suite struct PodLogsTests {
    private let logs = PodLogs()
    private let pod = ObjectKey(namespace: "test", name: "web")

    @Test("each pod has its own lines, until it is gone")
    func lines() {
        let other = ObjectKey(namespace: "test", name: "other")
        logs.append("one", of: pod)
        logs.append("two", of: pod)
        logs.append("three", of: other)
        #expect(logs.lines(of: pod) == ["one", "two"])
        logs.forget(pod)
        #expect(logs.lines(of: pod).isEmpty)
        #expect(logs.lines(of: other) == ["three"])
    }

    @Test("the newest lines are kept, and not more than somebody reads")
    func limit() {
        for number in 0..<10_000 { logs.append("\(number)", of: pod) }
        let lines = logs.lines(of: pod)
        #expect(lines.last == "9999")
        #expect((2000...3000).contains(lines.count))
        #expect(lines.first == "\(10_000 - lines.count)")
    }
}
