import Testing

@testable import KubeClient

@Suite struct RetryStateMachineTests {
    private func refusal(_ code: Int, after seconds: Int?) -> KubeError {
        KubeError(.status, "refused", status: Status(code: code, reason: "", message: "", retryAfterSeconds: seconds))
    }

    @Test(
        "a refusal is repeated only when it says how long to wait",
        arguments: [
            (429, 3, 3), (503, 1, 1), (500, 0, 0), (429, nil, nil), (500, nil, nil), (404, 1, nil), (409, 1, nil),
        ]
            as [(Int, Int?, Int?)])
    func refusals(code: Int, retryAfter: Int?, wait: Int?) {
        var machine = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
        #expect(machine.failed(refusal(code, after: retryAfter)) == wait.map { .seconds($0) })
    }

    @Test func `a lost connection is repeated for reads, never for writes`() {
        let lost = KubeError(.transport, "connection reset")
        var read = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
        var write = RetryStateMachine(policy: .init(), repeatsLostConnections: false)
        #expect(read.failed(lost) == .seconds(1))
        #expect(write.failed(lost) == nil)
    }

    @Test func `what will be no better in a second is not repeated`() {
        for kind in [TransportFailure.Kind.unknownHost, .cannotConnect, .tls] {
            var machine = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
            let failure = TransportFailure(kind, "no")
            #expect(machine.failed(KubeError(.transport, "no", underlying: failure)) == nil)
        }
    }

    @Test func `ten repetitions are the end`() {
        var machine = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
        for _ in 0..<10 { #expect(machine.failed(refusal(429, after: 1)) == .seconds(1)) }
        #expect(machine.failed(refusal(429, after: 1)) == nil)
    }

    @Test func `a wait longer than the policy allows is an error`() {
        var machine = RetryStateMachine(policy: .init(longestWait: .seconds(5)), repeatsLostConnections: true)
        #expect(machine.failed(refusal(429, after: 6)) == nil)
    }

    @Test func `a time-out carries the failure before it`() {
        var machine = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
        _ = machine.failed(refusal(503, after: 1))
        let final = machine.final(KubeError(.timeout, "deadline exceeded"))
        #expect((final.underlying as? KubeError)?.status?.code == 503)
    }

    @Test func `nothing else is repeated`() {
        var machine = RetryStateMachine(policy: .init(), repeatsLostConnections: true)
        for code in [KubeError.Code.decoding, .cancelled, .timeout, .configuration, .credentials] {
            #expect(machine.failed(KubeError(code, "")) == nil)
        }
    }
}
