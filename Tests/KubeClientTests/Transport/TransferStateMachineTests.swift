import Testing

@testable import KubeClient

@Suite struct TransferStateMachineTests {
    /// The actions as words, so that a table can hold them.
    private func play(holding: Bool = false, _ events: [TransferStateMachine.Event]) -> [String] {
        var machine = TransferStateMachine(label: "GET x", holdsUnauthorized: holding)
        return events.map { event in
            switch machine.received(event) {
            case .none: "-"
            case .deliverHead(let head): "head \(head.status) \(head.headers.map { "\($0.name)=\($0.value)" })"
            case .deliverBody: "body"
            case .holdBody: "hold"
            case .abort: "abort"
            case .finish(.completed): "completed"
            case .finish(.unauthorized(let head)): "unauthorized \(head.status)"
            case .finish(.failed(let error)): "failed \(error.code) \(error.message)"
            }
        }
    }

    private let lost = KubeError(.transport, "lost")

    @Test("head, body and end go to the receiver in order")
    func ordinary() {
        #expect(
            play([
                .headerLine("HTTP/1.1 200 OK"), .headerLine("A: b "), .headerLine("a:c"), .headerLine("Empty:"),
                .headerLine(""), .body, .body, .ended(nil),
            ]) == ["-", "-", "-", "-", #"head 200 ["A=b", "a=c", "Empty="]"#, "body", "body", "completed"])
    }

    @Test("an HTTP/2 head has no reason phrase")
    func http2() {
        #expect(
            play([.headerLine("HTTP/2 404 "), .headerLine(""), .ended(nil)]) == ["-", "head 404 []", "completed"])
    }

    @Test("interim heads are passed over")
    func interim() {
        #expect(
            play([
                .headerLine("HTTP/1.1 100 Continue"), .headerLine(""), .headerLine("HTTP/1.1 103 Early Hints"),
                .headerLine("Link: x"), .headerLine(""), .headerLine("HTTP/1.1 204 No Content"), .headerLine(""),
                .ended(nil),
            ]) == ["-", "-", "-", "-", "-", "-", "head 204 []", "completed"])
    }

    @Test("trailers are passed over")
    func trailers() {
        #expect(
            play([
                .headerLine("HTTP/1.1 200 OK"), .headerLine(""), .body, .headerLine("X: y"), .headerLine(""),
                .ended(nil),
            ])
                == ["-", "head 200 []", "body", "-", "-", "completed"])
    }

    @Test("a 401 is held back when there may be other credentials, else delivered")
    func unauthorized() {
        let events: [TransferStateMachine.Event] = [.headerLine("HTTP/1.1 401 U"), .headerLine(""), .body, .ended(nil)]
        #expect(play(holding: true, events) == ["-", "-", "hold", "unauthorized 401"])
        #expect(play(holding: false, events) == ["-", "head 401 []", "body", "completed"])
        #expect(
            play(holding: true, [.headerLine("HTTP/1.1 403 F"), .headerLine(""), .body, .ended(nil)])
                == ["-", "head 403 []", "body", "completed"])
    }

    @Test("a receiver that throws ends the exchange with its own error, not libcurl's")
    func receiverFailure() {
        let refused = KubeError(.decoding, "refused")
        #expect(
            play([.headerLine("HTTP/1.1 200 OK"), .headerLine(""), .receiverFailed(refused), .body, .ended(lost)])
                == ["-", "head 200 []", "abort", "abort", "failed decoding refused"])
    }

    @Test("cancellation and deadline end it at any point, and nothing is delivered afterwards")
    func cancellation() {
        let late = KubeError(.timeout, "late")
        #expect(
            play([.cancelled, .headerLine("HTTP/1.1 200 OK"), .body, .ended(nil), .cancelled])
                == ["failed cancelled GET x: cancelled", "abort", "abort", "-", "-"])
        #expect(
            play([.headerLine("HTTP/1.1 200 OK"), .headerLine(""), .body, .deadlinePassed(late), .ended(lost)])
                == ["-", "head 200 []", "body", "failed timeout late", "-"])
    }

    @Test("what is not HTTP is refused")
    func malformed() {
        #expect(play([.body]) == ["abort"])
        #expect(play([.headerLine("A: b")]) == ["abort"])
        #expect(
            play([.headerLine("HTTP/1.1 abc"), .ended(lost)]) == [
                "abort", "failed decoding GET x: the server's answer begins with a malformed status line",
            ])
        #expect(play([.ended(nil)]) == ["failed transport GET x"])
        #expect(play([.headerLine("HTTP/1.1 200 OK"), .ended(lost)]) == ["-", "failed transport lost"])
    }
}
