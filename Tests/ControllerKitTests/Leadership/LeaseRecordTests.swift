import KubeClient
import Testing

@testable import ControllerKit

@Suite("Lease record")
struct LeaseRecordTests {
    @Test("a recorded lease is read, and writing its record back changes nothing but managedFields")
    func roundTrip() throws {
        let text = """
            {"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"lock","namespace":"golden-coord",\
            "uid":"ef0308c8","resourceVersion":"23229","creationTimestamp":"2026-11-22T10:05:54Z",\
            "managedFields":[{"manager":"golden-recorder"}]},"spec":{"holderIdentity":"me","leaseDurationSeconds":15,\
            "acquireTime":"2026-11-22T10:05:54.438878Z","renewTime":"2026-11-22T10:05:54.438930Z","leaseTransitions":3}}
            """
        var document = try JSONValue(parsing: Array(text.utf8))
        let lease = LeaseObject(document: document)
        #expect(
            lease.record
                == LeaseRecord(
                    holderIdentity: "me", leaseDurationSeconds: 15, acquireTime: "2026-11-22T10:05:54.438878Z",
                    renewTime: "2026-11-22T10:05:54.438930Z", leaseTransitions: 3))
        #expect(lease.id == ObjectKey(namespace: "golden-coord", name: "lock"))
        #expect(lease.resourceVersion == ResourceVersion(rawValue: "23229"))
        document["metadata"]?["managedFields"] = nil
        #expect(try JSONValue(parsing: lease.body(with: lease.record)) == document)
    }

    @Test("a lease without spec has no holder")
    func empty() throws {
        let lease = LeaseObject(document: ["metadata": ["name": "v6"], "spec": [:]])
        #expect(lease.record == LeaseRecord())
    }

    @Test("a new lease is the document that client-go sends")
    func creation() throws {
        let record = LeaseRecord(
            holderIdentity: "me", leaseDurationSeconds: 15, acquireTime: "2026-11-22T10:05:54.438878Z",
            renewTime: "2026-11-22T10:05:54.438930Z")
        let body = LeaseObject.body(creating: ObjectKey(namespace: "n", name: "lock"), with: record)
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"n"},"#
                + #""spec":{"holderIdentity":"me","leaseDurationSeconds":15,"acquireTime":"2026-11-22T10:05:54.438878Z","#
                + #""renewTime":"2026-11-22T10:05:54.438930Z","leaseTransitions":0}}"#)
    }

    @Test("what others wrote into the lease stays")
    func foreignFields() throws {
        let body = try JSONValue(parsing: LeaseObject.stub(holder: "a").body(with: LeaseRecord(holderIdentity: "b")))
        #expect(body["metadata"]?["labels"]?["kept"]?.string == "yes")
        #expect(body["metadata"]?["resourceVersion"]?.string == "1")
        #expect(body["spec"]?["holderIdentity"]?.string == "b")
    }
}

@Suite("Leader election options")
struct LeaderElectionOptionsTests {
    @Test("the defaults of client-go's users are valid")
    func defaults() throws {
        try LeaderElectionOptions().validate()
        #expect(LeaderElectionOptions().leaseDurationSeconds == 15)
    }

    @Test(
        "times that contradict each other are refused, with the reason",
        arguments: [
            (10.0, 10.0, 2.0, "the lease duration of 10.0 s must be longer than the renew deadline of 10.0 s"),
            (15.0, 2.4, 2.0, "the renew deadline of 2.4 s must be longer than 1.2 × the retry period of 2.0 s"),
            (15.0, 10.0, 0.0, "the retry period must be longer than 0 s"),
            (0.9, 0.5, 0.1, "the lease duration must be 1 s or longer"),
        ])
    func invalid(lease: Double, renew: Double, retry: Double, reason: String) throws {
        let options = LeaderElectionOptions(
            leaseDuration: .seconds(lease), renewDeadline: .seconds(renew), retryPeriod: .seconds(retry))
        let error = #expect(throws: KubeError.self) { try options.validate() }
        #expect(error?.message == "leader election: \(reason)")
    }

    @Test("a duration is rounded up to whole seconds, so that candidates wait long enough")
    func rounding() {
        #expect(LeaderElectionOptions(leaseDuration: .milliseconds(1500)).leaseDurationSeconds == 2)
    }
}
