import Testing

@testable import ReloaderCore

@Suite struct WebhookMessageTests {
    @Test(
        "v1.4.21's key comes first, then what changed",
        arguments: [(ConfigType.configMap, ConfigEvent.updated), (.secret, .created), (.secret, .deleted)])
    func golden(type: ConfigType, event: ConfigEvent) {
        let message = WebhookMessage(config: ConfigKey(type, namespace: "shop", name: "app-config"), event: event)
        #expect(
            String(decoding: message.body, as: UTF8.self)
                == #"{"webhook":"update successful","type":"\#(type.tag)","namespace":"shop","name":"app-config","#
                + #""event":"\#(event.rawValue)"}"#)
    }
}
