package import KubeClient

/// Where reloads are announced, and how.
///
/// Holds what mostly are tokens: the endpoint's path and the proxy's password. Neither is ever logged.
public struct AlertOptions: Sendable {
    /// The kind of endpoint.
    public var sink: AlertSink
    /// Goes before each text; nil for nothing.
    public var additionalInfo: String?
    /// The proxy to go through; nil for none, whatever `https_proxy` says.
    public var proxyURL: String?
    package let endpoint: EndpointURL

    /// Creates options; nil when `url` is not an `http` or `https` URL.
    public init?(url: String, sink: AlertSink = .raw, proxyURL: String? = nil, additionalInfo: String? = nil) {
        guard let endpoint = EndpointURL(url) else { return nil }
        self.endpoint = endpoint
        self.sink = sink
        self.proxyURL = proxyURL
        self.additionalInfo = additionalInfo
    }

    /// Why alerts are asked for but cannot be sent, in words for the log.
    package struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong with which variable.
        package var description: String
    }

    /// Reads the variables `ALERT_…`; nil when alerts are off.
    package init?(environment: [String: String]) throws(Unusable) {
        guard environment["ALERT_ON_RELOAD"] == "true" else { return nil }
        guard let url = environment["ALERT_WEBHOOK_URL"] else {
            throw Unusable(description: "ALERT_WEBHOOK_URL env variable not provided")
        }
        let proxy = trimmed(environment["ALERT_WEBHOOK_PROXY", default: ""])
        let options = AlertOptions(
            url: trimmed(url), sink: AlertSink(text: trimmed(environment["ALERT_SINK", default: ""])),
            proxyURL: proxy.isEmpty ? nil : proxy, additionalInfo: environment["ALERT_ADDITIONAL_INFO"].map(trimmed))
        guard let options else {
            throw Unusable(description: "ALERT_WEBHOOK_URL is not an http or https URL; no alerts are sent")
        }
        self = options
    }
}
