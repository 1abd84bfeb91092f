import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct RecreationTests {
    private static let subject = ReloadSubject(
        Workload(WorkloadKey(.job, ObjectKey(namespace: "shop", name: "once")), uid: "old"))

    /// A recreation whose copy is parked.
    private func recreation() -> Recreation {
        var recreation = Recreation(Self.subject)
        _ = recreation.received(.done)
        return recreation
    }

    private func refused(_ code: Int, _ reason: String = "") -> Recreation.Answer {
        .refused(KubeError(.status, "no", status: Status(code: code, reason: reason, message: "no")))
    }

    private func text(_ action: Recreation.Action) -> String {
        switch action {
        case .proceed: "proceed"
        case .retry(let delay): "retry \(delay)"
        case .fail(let error): "fail \(error.status?.code ?? 0)"
        case .finish(let outcome): "finish \(outcome)"
        }
    }

    /// What comes of an answer that ends the recreation, once the copy is removed.
    private func ending(_ recreation: inout Recreation, _ answer: Recreation.Answer) -> String {
        #expect(text(recreation.received(answer)) == "proceed")
        #expect(recreation.next == .unpark)
        return text(recreation.received(.done))
    }

    private func deleted() -> Recreation {
        var recreation = recreation()
        _ = recreation.received(.done)
        return recreation
    }

    @Test func `parks a copy, deletes, creates, removes the copy`() {
        var recreation = Recreation(Self.subject)
        #expect(recreation.next == .park)
        #expect(text(recreation.received(.done)) == "proceed")
        #expect(recreation.next == .delete)
        #expect(!recreation.isBegun)
        #expect(text(recreation.received(.done)) == "proceed")
        #expect(recreation.next == .create)
        #expect(recreation.isBegun)
        #expect(ending(&recreation, .done) == "finish done")
    }

    @Test("without a copy nothing is deleted", arguments: [403, 422, 429, 500, 504])
    func unparked(code: Int) {
        var recreation = Recreation(Self.subject)
        #expect(text(recreation.received(refused(code))) == "fail \(code)")
        #expect(!recreation.isBegun)
    }

    @Test func `a copy that an earlier try has left is as good as a new one`() {
        var recreation = Recreation(Self.subject)
        #expect(text(recreation.received(refused(409, "AlreadyExists"))) == "proceed")
        #expect(recreation.next == .delete)
    }

    @Test func `a copy that cannot be removed does not hold the Job up`() {
        var recreation = deleted()
        _ = recreation.received(.done)
        #expect(text(recreation.received(refused(500))) == "finish done")
    }

    @Test func `a Job whose copy was found is created`() {
        var recreation = Recreation(resuming: Self.subject)
        #expect(recreation.next == .create)
        #expect(recreation.isBegun)
        #expect(ending(&recreation, .done) == "finish done")
    }

    @Test("a deletion that was refused has begun nothing, and the copy goes", arguments: [403, 422])
    func refusals(code: Int) {
        var recreation = recreation()
        #expect(ending(&recreation, refused(code)) == "fail \(code)")
        #expect(!recreation.isBegun)
    }

    @Test("a deletion that may have happened has begun something, and the copy stays", arguments: [500, 504])
    func uncertainty(code: Int) {
        var recreation = recreation()
        #expect(text(recreation.received(refused(code))) == "fail \(code)")
        #expect(recreation.isBegun)
        #expect(recreation.next == .delete)
    }

    @Test func `a Job that somebody else deleted stays deleted`() {
        var recreation = recreation()
        #expect(ending(&recreation, refused(404, "NotFound")) == "finish gone")
    }

    @Test func `a Job that is gone after a deletion without an answer is created again`() {
        var recreation = recreation()
        #expect(text(recreation.received(.refused(KubeError(.transport, "lost")))) == "fail 0")
        #expect(text(recreation.received(refused(404, "NotFound"))) == "proceed")
        #expect(recreation.next == .create)
    }

    @Test func `another incarnation is not deleted`() {
        var untouched = recreation()
        #expect(ending(&untouched, refused(409, "Conflict")) == "finish again(after: 0.25 seconds)")
        var begun = recreation()
        _ = begun.received(.refused(KubeError(.timeout, "late")))
        #expect(ending(&begun, refused(409, "Conflict")) == "finish done")
    }

    @Test("a creation that fails goes on later", arguments: [403, 422, 500, 503])
    func creation(code: Int) {
        var recreation = deleted()
        #expect(text(recreation.received(refused(code))) == "fail \(code)")
        #expect(recreation.isBegun)
        #expect(recreation.next == .create)
    }

    @Test func `a namespace that is gone needs no Job`() {
        var recreation = deleted()
        #expect(text(recreation.received(refused(404, "NotFound"))) == "finish gone")
    }

    @Test func `while the old Job is going, the pauses grow up to a limit`() {
        var recreation = deleted()
        var pauses: [String] = []
        for _ in 0..<8 {
            #expect(text(recreation.received(refused(409, "AlreadyExists"))) == "proceed")
            #expect(recreation.next == .inspect)
            pauses.append(text(recreation.received(.found(uid: "old"))))
            #expect(recreation.next == .create)
        }
        #expect(pauses.first == "retry 0.25 seconds")
        #expect(pauses[1] == "retry 0.5 seconds")
        #expect(pauses.last == "retry 10.0 seconds")
    }

    @Test func `a name that another Job has taken ends it, one that came free does not`() {
        var taken = deleted()
        _ = taken.received(refused(409, "AlreadyExists"))
        #expect(ending(&taken, .found(uid: "new")) == "finish done")
        var free = deleted()
        _ = free.received(refused(409, "AlreadyExists"))
        #expect(text(free.received(.found(uid: nil))) == "retry 0.0 seconds")
        #expect(free.next == .create)
    }
}
