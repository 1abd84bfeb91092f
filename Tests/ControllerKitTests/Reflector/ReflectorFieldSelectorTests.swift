import ControllerKit
import KubeClient
import Testing

@Suite("ReflectorStateMachine: field selectors that may be left out") struct ReflectorFieldSelectorTests {
    private func machine(streamingList: Bool = false, isOptional: Bool = true) -> ScriptedMachine {
        var machine = ScriptedMachine()
        machine.machine = ReflectorStateMachine(
            .init(streamingList: streamingList, hasOptionalFieldSelector: isOptional))
        return machine
    }

    @Test func `a refused selector is left out from the next list on`() {
        var machine = machine()
        #expect(machine.on(.start) == "list any limit 500")
        #expect(machine.machine.fieldSelectorRefusal == nil)
        #expect(machine.on(.listFailed(.status(400))) == "list any limit 500")
        #expect(machine.machine.fieldSelectorRefusal != nil)
        #expect(machine.on(.listFailed(.refused)) == "failure 1: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list any limit 500")
        #expect(machine.page("7") == "replace 7")
        #expect(machine.on(.replaced) == "watch after 7")
        #expect(machine.machine.fieldSelectorRefusal != nil)
    }

    @Test func `a refusal that comes again without the selector was for something else`() {
        var machine = machine()
        _ = machine.on(.start)
        _ = machine.on(.listFailed(.status(400)))
        #expect(machine.on(.listFailed(.status(400))) == "failure 1: wait 0.8 seconds, list")
        #expect(machine.machine.fieldSelectorRefusal == nil)
    }

    @Test func `a streaming list that was refused for the selector is tried again without it`() {
        var machine = machine(streamingList: true)
        #expect(machine.on(.start) == "stream most recent")
        #expect(machine.ended(.status(400)) == "list any limit 500")
        #expect(machine.on(.listFailed(.status(400))) == "stream most recent")
        #expect(machine.machine.fieldSelectorRefusal != nil)
    }

    @Test func `once something was read, or where it may not be left out, a refusal is a failure`() {
        var read = machine()
        _ = read.listed(at: "7")
        _ = read.ended(.expired)
        _ = read.on(.resumed)
        #expect(read.on(.listFailed(.status(400))) == "failure 1: wait 0.8 seconds, list")
        #expect(read.machine.fieldSelectorRefusal == nil)
        var required = machine(isOptional: false)
        _ = required.on(.start)
        #expect(required.on(.listFailed(.status(400))) == "failure 1: wait 0.8 seconds, list")
    }
}
