import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct AlertMessageTests {
    private let message = AlertMessage(
        config: ConfigKey(.configMap, namespace: "shop", name: "app-config"),
        workload: WorkloadKey(.deployment, ObjectKey(namespace: "shop", name: "web")))
    private static let text =
        "Reloader detected changes in *app-config* of type *CONFIGMAP* in namespace *shop*. "
        + "Hence reloaded *web* of type *Deployment* in namespace *shop*"
    private static let plain =
        "Reloader detected changes in app-config of type CONFIGMAP in namespace shop. "
        + "Hence reloaded web of type Deployment in namespace shop"

    @Test(
        "bodies are v1.4.21's",
        arguments: [
            (
                AlertSink.slack, "application/json",
                #"{"attachments":[{"author_name":"Reloader","color":"good","text":"\#(text)"}]}"#
            ),
            (.teams, "application/json", #"{"text":"\#(text)"}"#),
            (.googleChat, "application/json", #"{"text":"\#(text)"}"#),
            (.raw, "text/plain", plain),
        ])
    func golden(sink: AlertSink, contentType: String, body: String) {
        let sent = message.body(for: sink)
        #expect(sent.contentType == contentType)
        #expect(String(decoding: sent.bytes, as: UTF8.self) == body)
    }

    @Test(
        "additional information goes first, even when it is empty",
        arguments: [("cluster *one*", "cluster *one* : "), ("", " : ")])
    func additionalInfo(info: String, prefix: String) {
        #expect(message.text(additionalInfo: info) == prefix + Self.text)
        let raw = message.body(for: .raw, additionalInfo: info).bytes
        #expect(String(decoding: raw, as: UTF8.self) == String(prefix.filter { $0 != "*" }) + Self.plain)
    }

    @Test func `JSON is escaped as Go does`() {
        let body = message.body(for: .teams, additionalInfo: "<a> & \"b\"\n").bytes
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"text":"\u003ca\u003e \u0026 \"b\"\n : \#(Self.text)"}"#)
    }
}
