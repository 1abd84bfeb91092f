package import KubeClient

/// Where a server listens: a host, or all interfaces, and a port.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address without brackets; nil for all interfaces.
    package var host: String?
    /// 0 has the system choose.
    package var port: Int

    /// Reads `host:port`, `:port` or `[v6]:port`; nil for an empty text and for `off`.
    package static func parse(_ text: String) throws(KubeError) -> ListenAddress? {
        if text.isEmpty || text == "off" { return nil }
        func invalid(_ reason: String) -> KubeError {
            KubeError(
                .configuration,
                "'\(text)' is not an address to listen on: \(reason); write host:port, :port, [IPv6]:port or off")
        }
        guard let colon = text.lastIndex(of: ":") else { throw invalid("there is no port") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65535
        else { throw invalid("the port is not a number from 0 to 65535") }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.count > 2 else { throw invalid("the bracket is not closed") }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw invalid("an IPv6 address needs brackets")
        }
        return ListenAddress(host: host.isEmpty ? nil : String(host), port: port)
    }

    /// As it is written.
    package var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
