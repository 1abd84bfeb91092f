import KubeClient

/// The body of a webhook: v1.4.21's only key, then what changed.
///
/// Never any content.
struct WebhookMessage: Hashable, Sendable {
    /// The config that changed.
    var config: ConfigKey
    /// What happened to it since the last message.
    var event: ConfigEvent

    /// The JSON document.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("webhook", "update successful")
            writer.field("type", config.type.tag)
            writer.field("namespace", config.namespace)
            writer.field("name", config.name)
            writer.field("event", event.rawValue)
        }
        return writer.bytes
    }
}
