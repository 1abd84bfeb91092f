import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct AlertRuntimeTests {
    private func options(_ receiver: Receiver) -> ReloaderOptions {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.alerts = AlertOptions(url: "\(receiver.url)/T0KEN", sink: .slack, additionalInfo: "test")
        return options
    }

    @Test func `each reload is announced`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createWorkload("web", configMaps: ["a"])
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                let request = try #require(await receiver.untilReceived(1).first)
                #expect(request.target == "/T0KEN")
                #expect(request[header: "content-type"] == "application/json")
                #expect(
                    request.body == #"{"attachments":[{"author_name":"Reloader","color":"good","text":"test : "#
                        + "Reloader detected changes in *a* of type *CONFIGMAP* in namespace *shop*. "
                        + #"Hence reloaded *web* of type *Deployment* in namespace *shop*"}]}"#)
            }
        }
    }

    @Test func `an endpoint that never answers delays no reload`() async throws {
        try await Receiver.run(.silence) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createWorkload("web", configMaps: ["a"])
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                _ = await receiver.untilReceived(1)
                for (index, value) in ["3", "4", "5"].enumerated() {
                    try stage.change(configMap: "a", to: value)
                    await stage.untilSettled { stage.patches.count == index + 2 }
                }
                #expect(receiver.requests.count == 1)
            }
        }
    }

    @Test func `an endpoint that refuses is told without its path, and the reload is a success`() async throws {
        try await Receiver.run(.answer(500)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createWorkload("web", configMaps: ["a"])
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                await stage.until { stage.log.lines.contains { $0.hasPrefix("error") } }
                let errors = stage.log.lines.filter { $0.hasPrefix("error") }
                let text = "Error sending alert: error sending msg. status: 500 endpoint=\(receiver.url)"
                #expect(errors == ["error \(text)"])
                let event = try await stage.event()
                #expect(event.bodyText.contains(#""reason":"Reloaded""#))
            }
            #expect(!stage.log.lines.contains { $0.contains("T0KEN") })
        }
    }

    @Test func `a reload that fails is not announced`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createWorkload("web", configMaps: ["a"])
            stage.server.inject(.init(.status(422, reason: "Invalid"), times: nil, verb: "patch", name: "web"))
            try await stage.run(options(receiver)) { stage in
                try stage.change(configMap: "a", to: "2")
                let event = try await stage.event()
                #expect(event.bodyText.contains(#""reason":"ReloadFail""#))
                #expect(receiver.requests.isEmpty)
            }
        }
    }
}
