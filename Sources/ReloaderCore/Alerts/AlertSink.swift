/// What kind of endpoint takes alerts, which decides their form.
public enum AlertSink: String, Hashable, Sendable, CaseIterable {
    /// A Slack incoming webhook, or what understands its attachments.
    case slack
    /// A Microsoft Teams workflow or connector.
    case teams
    /// A Google Chat space.
    case googleChat = "gchat"
    /// Anything else: plain text.
    case raw

    /// The sink that the text of `ALERT_SINK` names, in any case; a text that names none means plain text.
    init(text: String) { self = AlertSink(rawValue: text.lowercased()) ?? .raw }
}
