/// A host and a port to listen on, written `host:port` as Go programs do; an empty host means every interface.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an address without brackets; empty for every interface.
    package var host: String
    /// The port; 0 lets the system choose.
    package var port: Int

    /// Creates an address.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `:port` or `[ipv6]:port`.
    package init(parsing text: String) throws(FlagValueError) {
        guard let colon = text.lastIndex(of: ":") else { throw FlagValueError("missing port in address") }
        var host = String(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65535
        else { throw FlagValueError("the port must be a number from 0 to 65535") }
        if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(where: { ":[]".contains($0) }) {
            throw FlagValueError("an IPv6 address must be in brackets, as in [::1]:9090")
        }
        self.init(host: host, port: port)
    }

    /// The form that ``init(parsing:)`` reads.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
