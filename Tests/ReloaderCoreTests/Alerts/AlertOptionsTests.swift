import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct AlertOptionsTests {
    private let url = "https://user:pass@hooks.example:8443/services/T0KEN?key=T0KEN#T0KEN"

    @Test("only the word true turns alerts on", arguments: [nil, "", "True", "1", " true"])
    func off(value: String?) throws {
        var environment = ["ALERT_WEBHOOK_URL": url]
        environment["ALERT_ON_RELOAD"] = value
        #expect(try AlertOptions(environment: environment) == nil)
    }

    @Test func `texts are trimmed and the sink is taken in any case`() throws {
        let options = try #require(
            try AlertOptions(environment: [
                "ALERT_ON_RELOAD": "true", "ALERT_WEBHOOK_URL": " \(url)\n", "ALERT_SINK": " GChat ",
                "ALERT_WEBHOOK_PROXY": " http://proxy:3128 ", "ALERT_ADDITIONAL_INFO": " here ",
            ]))
        #expect(options.endpoint.text == url)
        #expect(options.sink == .googleChat)
        #expect(options.proxyURL == "http://proxy:3128")
        #expect(options.additionalInfo == "here")
    }

    @Test(
        "any other sink is plain text",
        arguments: [nil, "", "raw", "webhook", "Mattermost"])
    func plainText(sink: String?) throws {
        var environment = ["ALERT_ON_RELOAD": "true", "ALERT_WEBHOOK_URL": url]
        environment["ALERT_SINK"] = sink
        let options = try #require(try AlertOptions(environment: environment))
        #expect(options.sink == .raw)
        #expect(options.additionalInfo == nil)
        #expect(options.proxyURL == nil)
    }

    @Test func `an empty additional information is one`() throws {
        let options = try AlertOptions(environment: [
            "ALERT_ON_RELOAD": "true", "ALERT_WEBHOOK_URL": url, "ALERT_ADDITIONAL_INFO": "  ",
        ])
        #expect(options?.additionalInfo == "")
    }

    @Test func `a missing URL is told in v1_4_21's words`() {
        let error = #expect(throws: AlertOptions.Unusable.self) {
            try AlertOptions(environment: ["ALERT_ON_RELOAD": "true"])
        }
        #expect(error?.description == "ALERT_WEBHOOK_URL env variable not provided")
    }

    @Test(
        "an unusable URL is told without its text",
        arguments: ["", "T0KEN", "ftp://T0KEN", "https://", "https:///T0KEN", "https://h/ T0KEN", "https://h:x/T0KEN"])
    func unusable(url: String) {
        let error = #expect(throws: AlertOptions.Unusable.self) {
            try AlertOptions(environment: ["ALERT_ON_RELOAD": "true", "ALERT_WEBHOOK_URL": url])
        }
        #expect(error?.description == "ALERT_WEBHOOK_URL is not an http or https URL; no alerts are sent")
    }

    @Test func `an endpoint shows scheme, host and port, and nothing else`() throws {
        let options = try #require(AlertOptions(url: url))
        #expect("\(options.endpoint)" == "https://hooks.example:8443")
        var dumped = ""
        dump(options.endpoint, to: &dumped)
        #expect(!dumped.contains("T0KEN") && !dumped.contains("pass"))
        #expect(!String(reflecting: options.endpoint).contains("T0KEN"))
        #expect(AlertOptions(url: "HTTPS://h/")?.endpoint.description == "https://h")
        #expect(AlertOptions(url: "http://[::1]:80?T0KEN")?.endpoint.description == "http://[::1]:80")
    }
}
