/// What an environment says of proxies.
///
/// Source: `ProxyFromEnvironment` of Go's `net/http`, which all Kubernetes tools use; `ALL_PROXY` means nothing to it.
struct ProxySettings {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// The URL of the proxy that leads to a server, empty for none; whether it can be used is another matter.
    func url(for server: ServerAddress) -> String {
        guard !server.isLoopback, let proxy = value(server.isSecure ? "https_proxy" : "http_proxy"),
            !ProxyExceptions(value("no_proxy") ?? "").contain(server)
        else { return "" }
        return proxy.range(ofFirst: "://") == nil ? "http://\(proxy)" : proxy
    }

    private func value(_ name: String) -> String? {
        [environment[name.uppercased()], environment[name]].compactMap(\.self).first { !$0.isEmpty }
    }

    /// Why a proxy's URL cannot be used, without the URL, which may hold a password; nil when it can.
    static func refusal(of url: String) -> String? {
        let schemes = ["http://", "https://", "socks5://", "socks5h://"]
        guard !schemes.contains(where: { url.lowercased().hasPrefix($0) }) else { return nil }
        return "must be an http, https or socks5 URL"
    }
}
