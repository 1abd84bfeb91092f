import Testing

@testable import Sandbox

@Suite struct SandboxOptionsTests {
    @Test("no arguments play the repository's manifest for the user")
    func defaults() {
        #expect(SandboxOptions.parse([], environment: [:]) == .run(SandboxOptions()))
        #expect(SandboxOptions.parse([], environment: ["DEMO": ""]) == .run(SandboxOptions()))
    }

    @Test("arguments and environment choose manifest, demonstration, port and binary")
    func arguments() {
        var options = SandboxOptions(manifest: "m.yaml", isDemo: true, pagePort: 0, reloader: "/r")
        #expect(
            SandboxOptions.parse(["m.yaml", "--demo", "--page-port=0", "--reloader=/r"], environment: [:])
                == .run(options))
        options = SandboxOptions(isDemo: true)
        #expect(SandboxOptions.parse([], environment: ["DEMO": "auto"]) == .run(options))
        #expect(SandboxOptions.parse(["--help", "--nonsense"], environment: [:]) == .help)
    }

    @Test(
        "what cannot be followed is refused",
        arguments: [["--nonsense"], ["--page-port"], ["--page-port=x"], ["--page-port=70000"], ["a.yaml", "b.yaml"]])
    func refusal(_ arguments: [String]) {
        guard case .unusable = SandboxOptions.parse(arguments, environment: [:]) else {
            Issue.record("accepted \(arguments)")
            return
        }
    }

    @Test("an unknown demonstration is refused")
    func unknownDemo() {
        guard case .unusable = SandboxOptions.parse([], environment: ["DEMO": "yes"]) else {
            Issue.record("accepted")
            return
        }
    }
}
