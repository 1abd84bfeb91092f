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
}
