#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What `NO_PROXY` lists: the servers that are reached without a proxy.
///
/// `*` for all; addresses, ranges of addresses (CIDR), domains with all that is below them, and domains with a leading dot for what is
/// below alone; each but ranges with a port or for all ports. Source: `golang.org/x/net/http/httpproxy`, as all Kubernetes
/// tools read it; libcurl knows ranges in newer versions only.
struct ProxyExceptions {
    private let entries: [Substring]

    init(_ list: String) {
        entries = list.split { $0 == "," || $0.isWhitespace }
    }

    /// Whether the list has the server.
    func contain(_ server: ServerAddress) -> Bool {
        let host = server.host.lowercased()
        let address = IPAddress(host)
        return entries.contains { entry in
            if entry == "*" { return true }
            if let slash = entry.firstIndex(of: "/") {
                guard let address, let network = IPAddress(entry[..<slash]),
                    let length = Int(entry[entry.index(after: slash)...])
                else { return false }
                return address.begins(with: network, bits: length)
            }
            let (name, port) = Self.parts(entry)
            guard port == nil || port == server.port else { return false }
            if let listed = IPAddress(name) { return listed == address }
            guard address == nil else { return false }
            var domain = name.lowercased()
            if domain.hasPrefix("*.") { domain.removeFirst() }
            return domain.hasPrefix(".") ? host.hasSuffix(domain) : host == domain || host.hasSuffix(".\(domain)")
        }
    }

    /// Host and port of `host`, `host:port`, `[address]:port` or an IPv6 address.
    private static func parts(_ entry: Substring) -> (host: Substring, port: Int?) {
        if entry.hasPrefix("["), let end = entry.firstIndex(of: "]") {
            let rest = entry[entry.index(after: end)...]
            return (entry[entry.index(after: entry.startIndex)..<end], Int(rest.dropFirst()))
        }
        guard let colon = entry.firstIndex(of: ":"), entry[entry.index(after: colon)...].firstIndex(of: ":") == nil
        else { return (entry, nil) }
        return (entry[..<colon], Int(entry[entry.index(after: colon)...]))
    }
}

/// The bytes of an IPv4 or IPv6 address.
private struct IPAddress: Equatable {
    private let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
        let text = String(text)
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes[..<4])
        } else if unsafe inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    func begins(with network: IPAddress, bits: Int) -> Bool {
        guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(bits) else { return false }
        return zip(bytes, network.bytes).enumerated().allSatisfy { position, pair in
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, bits - position * 8)))
            return pair.0 & mask == pair.1 & mask
        }
    }
}
