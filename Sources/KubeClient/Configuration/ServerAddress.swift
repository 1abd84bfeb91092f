/// The parts of a server's URL, checked.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// Whether the connection is encrypted (`https`).
    package var isSecure: Bool
    /// Name or IP address, without brackets.
    package var host: String
    /// The TCP port.
    package var port: Int
    /// What every path begins with, without a trailing slash; mostly empty.
    package var path: String

    /// Reads a URL; nil when it is not `http` or `https`, has no host, or carries a user, a query or a fragment.
    ///
    /// Without a scheme, `assumingSecure` decides: client-go takes `https` as soon as there are TLS settings.
    package init?(_ url: String, assumingSecure: Bool = true) {
        var rest = Substring(url)
        switch url.range(ofFirst: "://").map({ url[..<$0.lowerBound].lowercased() }) {
        case "https": isSecure = true
        case "http": isSecure = false
        case nil: isSecure = assumingSecure
        default: return nil
        }
        if let separator = url.range(ofFirst: "://") { rest = url[separator.upperBound...] }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !rest.contains(where: { "?#@\\".contains($0) }) else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        self.path = String(path)

        let portText: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            portText = authority[authority.index(after: end)...]
        } else {
            host = String(authority.prefix { $0 != ":" })
            portText = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        if portText.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            guard portText.hasPrefix(":"), let number = UInt16(portText.dropFirst()), number > 0 else { return nil }
            port = Int(number)
        }
    }

    /// Host and port as a `Host` header or an authority writes them.
    package var authority: String { "\(bracketed(host)):\(port)" }

    /// The base URL, with the port.
    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    /// Whether the host is this machine, which no proxy can reach.
    package var isLoopback: Bool {
        let name = host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost") || name.hasPrefix("127.") || name == "::1"
    }
}

/// An IPv6 address in brackets, any other host as it is.
package func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

extension String {
    /// Where `needle` first occurs.
    ///
    /// Foundation has this; nothing here links it.
    func range(ofFirst needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
