import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

@Suite(.timeLimit(.minutes(1))) struct WebhookRuntimeTests {
    private func options(
        _ receiver: Receiver, _ change: (inout ReloaderOptions) -> Void = { _ in }
    ) -> ReloaderOptions {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.webhook = WebhookOptions(url: "\(receiver.url)/T0KEN?key=T0KEN")
        change(&options)
        return options
    }

    private func body(_ name: String, _ event: String, type: String = "CONFIGMAP") -> String {
        #"{"webhook":"update successful","type":"\#(type)","namespace":"shop","name":"\#(name)","event":"\#(event)"}"#
    }

    @Test func `a change is told to the endpoint, whoever uses it, and nothing is reloaded`() async throws {
        try await Receiver.run(.answer(200, body: "Hello\n  world")) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createSecret("b", "1")
            try stage.createWorkload("web", configMaps: ["a"])
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                let request = try #require(await receiver.untilReceived(1).first)
                #expect(request.method == "POST")
                #expect(request.target == "/T0KEN?key=T0KEN")
                #expect(request[header: "content-type"] == "application/json")
                #expect(request.body == body("a", "updated"))
                try stage.change(secret: "b", to: "geheim")
                #expect(await receiver.untilReceived(2)[1].body == body("b", "updated", type: "SECRET"))
                await stage.until { stage.log.lines.count { $0 == "info Hello world" } == 2 }
                // The search for Deployments that an earlier run has paused.
                #expect(
                    stage.calls.allSatisfy { $0.attributes.verb == "list" && $0.attributes.resource == "deployments" })
                #expect(stage.calls.count <= 1)
            }
            let sending = "Changes detected in 'a' of type 'CONFIGMAP' in namespace 'shop', Sending webhook to "
            #expect(stage.log.lines.contains("info \(sending)'\(receiver.url)' event=updated"))
            #expect(!stage.log.lines.contains { $0.contains("T0KEN") || $0.contains("geheim") })
        }
    }

    @Test func `a Deployment that an earlier run has paused is resumed in time, one of a person's is not`() async throws
    {
        let stage = Stage()
        let pausing = #"{"deployment.reloader.stakater.com/pause-period":"10s"}"#
        for name in ["web", "theirs"] { try stage.createWorkload(name, annotations: pausing) }
        let pausedAt = "deployment.reloader.stakater.com/paused-at"
        let web = ObjectKey(namespace: "shop", name: "web")
        try stage.server.patch(
            .deployments, web,
            merge: #"{"metadata":{"annotations":{"\#(pausedAt)":"2026-08-10T05:33:15Z"}},"spec":{"paused":true}}"#)
        try stage.server.patch(
            .deployments, ObjectKey(namespace: "shop", name: "theirs"), merge: #"{"spec":{"paused":true}}"#)
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.webhook = WebhookOptions(url: "http://127.0.0.1:1")
        try await stage.run(options, logsStart: true) { stage in
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .milliseconds(4_999))
            #expect(stage.patches.isEmpty)
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .milliseconds(1))
            try await stage.server.waitForObject(.deployments, web) { $0?["spec"]?["paused"]?.bool != true }
            #expect(stage.patches.map(\.attributes.name) == ["web"])
            // One list, and no watch: nothing pauses in this mode.
            let deployments = stage.server.requests.filter { $0.attributes.resource == "deployments" }
            #expect(deployments.map(\.attributes.verb) == ["list", "get", "get", "patch"])
        }
    }

    @Test func `changes in quick succession are one message`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            let options = options(receiver) {
                $0.reloadDelay = .milliseconds(300)
                $0.reloadMaxDelay = .seconds(5)
            }
            try await stage.run(options) { stage in
                for value in ["2", "3", "4"] { try stage.change(configMap: "a", to: value) }
                await stage.untilReceived(3)
                try await stage.clock.waitForSleepers(1)
                stage.clock.advance(by: .milliseconds(300))
                _ = await receiver.untilReceived(1)
                try stage.change(configMap: "a", to: "5")
                await stage.untilReceived(4)
                try await stage.clock.waitForSleepers(1)
                stage.clock.advance(by: .milliseconds(300))
                #expect(await receiver.untilReceived(2).count == 2)
            }
        }
    }

    @Test("a config that is replaced while its message is due is told by what was told last", arguments: ["1", "2"])
    func replacedWhileDue(content: String) async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createConfigMap("last", "1")
            let options = options(receiver) {
                $0.reloadDelay = .milliseconds(300)
                $0.reloadMaxDelay = .seconds(5)
            }
            try await stage.run(options) { stage in
                try stage.change(configMap: "a", to: "2")
                try await stage.clock.waitForSleepers(1)
                try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
                await stage.untilReceived(1, "delete")
                stage.clock.advance(by: .milliseconds(300))
                // Once for the deletion, once for the change that it cut short.
                await stage.until { stage.log.lines.count { $0.contains("reason=event_not_enabled") } == 2 }
                try stage.createConfigMap("a", content)
                await stage.untilReceived(3, "add")
                if content == "2" {
                    try await stage.clock.waitForSleepers(1)
                    stage.clock.advance(by: .milliseconds(300))
                    _ = await receiver.untilReceived(1)
                }
                try stage.change(configMap: "last", to: "2")
                try await stage.clock.waitForSleepers(1)
                stage.clock.advance(by: .milliseconds(300))
                let told = content == "2" ? [body("a", "updated")] : []
                #expect(
                    await receiver.untilReceived(told.count + 1).map(\.body) == told + [body("last", "updated")])
            }
        }
    }

    @Test func `creations and deletions are told when their flags are on`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("old", "1")
            let options = options(receiver) {
                $0.reloadOnCreate = true
                $0.reloadOnDelete = true
            }
            try await stage.run(options) { stage in
                try stage.createConfigMap("new", "1")
                #expect(await receiver.untilReceived(1)[0].body == body("new", "created"))
                try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "new"))
                #expect(await receiver.untilReceived(2)[1].body == body("new", "deleted"))
            }
        }
    }

    @Test func `what is ignored, relabelled or written by Reloader itself is not told`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("muted", "1", annotations: #"{"reloader.stakater.com/ignore":"true"}"#)
            try stage.createConfigMap("labelled", "1")
            try stage.createConfigMap("reloader-meta-info", "1")
            try stage.createConfigMap("a", "1")
            let options = options(receiver) {
                $0.metaInfo = MetaInfo(namespace: "shop", build: .init(release: "1"), options: [:])
            }
            try await stage.run(options) { stage in
                try stage.change(configMap: "muted", to: "2")
                try stage.server.patch(
                    .configMaps, ObjectKey(namespace: "shop", name: "labelled"),
                    merge: #"{"metadata":{"labels":{"x":"y"}}}"#)
                try stage.change(configMap: "reloader-meta-info", to: "2")
                try stage.change(configMap: "a", to: "2")
                #expect(await receiver.untilReceived(1).map(\.body) == [body("a", "updated")])
            }
        }
    }

    @Test func `a namespace that the selector does not pick is not told`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.server.create(
                json: #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"prod","labels":{"env":"prod"}}}"#)
            try stage.server.create(
                json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"prod"}}"#)
            try stage.createConfigMap("a", "1")
            try await stage.run(options(receiver) { $0.namespaceSelector = "env=prod" }) { stage in
                try stage.change(configMap: "a", to: "2")
                await stage.until { stage.log.lines.contains { $0.contains("reason=ignored_or_not_selected") } }
                try stage.server.patch(
                    .configMaps, ObjectKey(namespace: "prod", name: "b"), merge: #"{"data":{"key":"2"}}"#)
                let requests = await receiver.untilReceived(1)
                #expect(requests.count == 1)
                #expect(requests[0].body.contains(#""namespace":"prod","name":"b""#))
            }
        }
    }

    @Test("an endpoint that fails for a moment is asked again", arguments: [429, 500, 503])
    func retries(status: Int) async throws {
        try await Receiver.run(.answer(status), .close, .answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                for delay in [Duration.milliseconds(500), .seconds(1)] {
                    try await stage.clock.waitForSleepers(1)
                    stage.clock.advance(by: delay)
                }
                let requests = await receiver.untilReceived(3)
                #expect(Set(requests.map(\.body)) == [body("a", "updated")])
            }
            #expect(!stage.log.lines.contains { $0.contains("T0KEN") })
        }
    }

    @Test("a refusal is told and given up", arguments: [301, 400, 404])
    func refusal(status: Int) async throws {
        try await Receiver.run(.answer(status), .answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                await stage.until { stage.log.lines.contains { $0.contains("with status \(status)") } }
                #expect(stage.clock.sleeperCount == 0)
                // The next change is a message again.
                try stage.change(configMap: "a", to: "3")
                #expect(await receiver.untilReceived(2).count == 2)
            }
            let errors = stage.log.lines.filter { $0.hasPrefix("error") }
            #expect(errors.count == 1)
            let prefix = "error Webhook for CONFIGMAP shop/a was refused by '\(receiver.url)' with status \(status)"
            #expect(errors.first?.hasPrefix(prefix) == true)
        }
    }

    @Test func `an endpoint that never answers for one config does not delay another`() async throws {
        try await Receiver.run(.silence, .answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createConfigMap("b", "1")
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                _ = await receiver.untilReceived(1)
                try stage.change(configMap: "b", to: "2")
                #expect(await receiver.untilReceived(2)[1].body == body("b", "updated"))
            }
        }
    }
}
