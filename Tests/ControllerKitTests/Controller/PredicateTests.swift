import ControllerKit
import KubeClient
import Testing

@Suite("Predicates")
struct PredicateTests {
    static func change(_ old: Widget?, _ new: Widget?) -> Change<Widget> {
        Change(key: ObjectKey(namespace: "n", name: "a"), old: old, new: new)
    }
    let any = PredicateTests.change(nil, Widget("a"))

    @Test(
        "combinations follow the rules of logic",
        arguments: [(true, true), (true, false), (false, true), (false, false)])
    func logic(left: Bool, right: Bool) {
        let (a, b) = (Predicate<Widget> { _ in left }, Predicate<Widget> { _ in right })
        #expect((a && b).matches(any) == (left && right))
        #expect((a || b).matches(any) == (left || right))
        #expect((!a).matches(any) == !left)
        #expect((!(a && !b) || b).matches(any) == (!(left && !right) || right))
    }

    @Test("always lets everything through")
    func always() { #expect(Predicate<Widget>.always.matches(any)) }

    @Test("a changed value, a new object, a removal and another identity are let through, a repetition is not")
    func changed() {
        let predicate = Predicate<Widget>.changed(\.value)
        #expect(predicate.matches(Self.change(Widget("a", value: 1), Widget("a", value: 2))))
        #expect(!predicate.matches(Self.change(Widget("a", value: 1), Widget("a", value: 1))))
        #expect(predicate.matches(Self.change(nil, Widget("a"))))
        #expect(predicate.matches(Self.change(Widget("a"), nil)))
        #expect(predicate.matches(Self.change(Widget("a", uid: "u1"), Widget("a", uid: "u2"))))
    }

    @Test("an object that stops to qualify is let through once more")
    func object() {
        let predicate = Predicate<Widget>.object { $0.value > 0 }
        #expect(predicate.matches(Self.change(nil, Widget("a", value: 1))))
        #expect(predicate.matches(Self.change(Widget("a", value: 1), Widget("a", value: 0))))
        #expect(predicate.matches(Self.change(Widget("a", value: 1), nil)))
        #expect(!predicate.matches(Self.change(Widget("a", value: 0), Widget("a", value: 0))))
    }

    @Test("the opposite and combinations of conditions on objects are conditions on objects")
    func conditions() {
        let (positive, even) = (
            Predicate<Widget>.object { $0.value > 0 }, Predicate<Widget>.object { $0.value % 2 == 0 }
        )
        let (one, two) = (Widget("a", value: 1), Widget("a", value: 2))
        let (zero, minusOne) = (Widget("a", value: 0), Widget("a", value: -1))
        // What was positive is not any more: a plain negation would miss that.
        #expect((!positive).matches(Self.change(one, zero)))
        #expect((!positive).matches(Self.change(zero, one)))
        #expect(!(!positive).matches(Self.change(one, two)))
        // Neither state is both.
        #expect(!(positive && even).matches(Self.change(one, zero)))
        #expect((positive && even).matches(Self.change(two, minusOne)))
        #expect((positive || even).matches(Self.change(one, minusOne)))
        #expect(!(!(positive || even)).matches(Self.change(one, two)))
        #expect((!(!positive)).matches(Self.change(zero, one)))
        #expect((positive && .changed(\.value)).matches(Self.change(one, two)))
        #expect(!(positive && !.changed(\.value)).matches(Self.change(one, two)))
    }

    /// Metadata that differs from the plain one by what `edit` does.
    private static func metadata(_ edit: (inout ObjectMetadata) -> Void) -> ObjectMetadata {
        var metadata = ObjectMetadata(ObjectIdentity(key: ObjectKey(namespace: "n", name: "a"), uid: "u"))
        edit(&metadata)
        return metadata
    }

    /// A predicate, and what it is to notice.
    struct Case: Sendable {
        var predicate: Predicate<ObjectMetadata>
        var edit: @Sendable (inout ObjectMetadata) -> Void

        init(_ predicate: Predicate<ObjectMetadata>, _ edit: @escaping @Sendable (inout ObjectMetadata) -> Void) {
            self.predicate = predicate
            self.edit = edit
        }
    }

    @Test(
        "what metadata shows can be asked for by name",
        arguments: [
            Case(.generationChanged) { $0.generation = 2 },
            Case(.labelsChanged) { $0.labels = ["a": "b"] },
            Case(.labelled("a")) { $0.labels = ["a": "b"] },
            Case(.labelled("a", "b")) { $0.labels = ["a": "b"] },
            Case(.annotationsChanged) { $0.annotations = ["a": "b"] },
            Case(.annotationChanged("a")) { $0.annotations = ["a": "b"] },
            Case(.annotated("a", "b")) { $0.annotations = ["a": "b"] },
            Case(.resourceVersionChanged) { $0.identity.resourceVersion = ResourceVersion(rawValue: "7") },
            Case(.deletionRequested) { $0.deletionTimestamp = "2026-01-01T00:00:00Z" },
        ])
    func metadata(_ sample: Case) {
        let (plain, edited) = (Self.metadata { _ in }, Self.metadata(sample.edit))
        func change(_ old: ObjectMetadata, _ new: ObjectMetadata) -> Change<ObjectMetadata> {
            Change(key: plain.id, old: old, new: new)
        }
        #expect(sample.predicate.matches(change(plain, edited)))
        #expect(sample.predicate.matches(change(edited, plain)))
        #expect(!sample.predicate.matches(change(plain, plain)))
    }

    @Test("values are compared, not only names")
    func values() {
        let change = Change(key: ObjectKey(name: "a"), new: Self.metadata { $0.labels = ["a": "other"] })
        #expect(Predicate<ObjectMetadata>.labelled("a").matches(change))
        #expect(!Predicate<ObjectMetadata>.labelled("a", "b").matches(change))
        #expect(
            !Predicate<ObjectMetadata>.annotationChanged("a").matches(
                Change(key: change.key, old: change.new, new: Self.metadata { $0.annotations = ["b": "c"] })))
    }

    @Test("coming, going and namespaces can be asked for")
    func lifecycle() {
        let (new, gone) = (Self.change(nil, Widget("a")), Self.change(Widget("a"), nil))
        let updated = Self.change(Widget("a"), Widget("a"))
        #expect([new, gone, updated].map(Predicate.created.matches) == [true, false, false])
        #expect([new, gone, updated].map(Predicate.deleted.matches) == [false, true, false])
        let reborn = Self.change(Widget("a", uid: "u1"), Widget("a", uid: "u2"))
        #expect(Predicate.created.matches(reborn) && Predicate.deleted.matches(reborn))
        #expect(Predicate<Widget>.inNamespaces(["n", "m"]).matches(new))
        #expect(!Predicate<Widget>.inNamespaces(["m"]).matches(new))
        #expect(!Predicate<Widget>.inNamespaces(["m"]).matches(Change(key: ObjectKey(name: "cluster"))))
    }
}
