package import KubeClient

/// Where changes are told instead of reloading anything.
///
/// Path and query of the URL mostly are tokens; they are never logged.
public struct WebhookOptions: Sendable {
    package let endpoint: EndpointURL

    /// Creates options; nil when `url` is not an `http` or `https` URL.
    public init?(url: String) {
        guard let endpoint = EndpointURL(url) else { return nil }
        self.endpoint = endpoint
    }
}
