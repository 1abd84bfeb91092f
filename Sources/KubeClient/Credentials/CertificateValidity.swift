/// From when to when an X.509 certificate counts.
///
/// Source: RFC 5280, 4.1.2.5.
struct CertificateValidity: Hashable, Sendable {
    var notBefore: Timestamp
    var notAfter: Timestamp

    /// Reads the first certificate of a PEM text; nil when it is none.
    init?(pem: [UInt8]) {
        let text = String(decoding: pem, as: UTF8.self)
        guard let start = text.range(ofFirst: "-----BEGIN CERTIFICATE-----") else { return nil }
        let rest = String(text[start.upperBound...])
        guard let end = rest.range(ofFirst: "-----END CERTIFICATE-----"),
            let bytes = Base64.decode(String(rest[..<end.lowerBound]))
        else { return nil }
        self.init(der: bytes)
    }

    /// Reads a certificate in its binary form.
    init?(der: [UInt8]) {
        var file = DERReader(der[...])
        guard var certificate = file.next(.sequence).map(DERReader.init),
            var content = certificate.next(.sequence).map(DERReader.init)
        else { return nil }
        // The version is there when it is not the first.
        _ = content.next(.version)
        guard content.next(.integer) != nil, content.next(.sequence) != nil, content.next(.sequence) != nil,
            var validity = content.next(.sequence).map(DERReader.init),
            let notBefore = validity.time(), let notAfter = validity.time()
        else { return nil }
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

/// Reads the elements of a DER encoding one after the other.
private struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case utcTime = 0x17
        case generalizedTime = 0x18
        case sequence = 0x30
        case version = 0xA0
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The content of the next element; nil, and nothing is read, when it is another one.
    mutating func next(_ tag: Tag) -> ArraySlice<UInt8>? {
        guard rest.first == tag.rawValue else { return nil }
        var after = rest.dropFirst()
        guard let first = after.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            // So many bytes of length follow; three of them are more than any certificate has.
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), after.count >= count else { return nil }
            length = after.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            after = after.dropFirst(count)
        }
        guard after.count >= length else { return nil }
        rest = after.dropFirst(length)
        return after.prefix(length)
    }

    mutating func time() -> Timestamp? {
        let digits: String
        if let short = next(.utcTime) {
            let text = String(decoding: short, as: UTF8.self)
            // Two digits of the year: up to 49 they are of this century.
            digits = (text < "50" ? "20" : "19") + text
        } else if let long = next(.generalizedTime) {
            digits = String(decoding: long, as: UTF8.self)
        } else {
            return nil
        }
        let parts = Array(digits.utf8)
        guard parts.count == 15 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: parts[range], as: UTF8.self) }
        let (date, time) = (
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))", "\(part(8..<10)):\(part(10..<12)):\(part(12..<14))"
        )
        return Timestamp(rfc3339: "\(date)T\(time)\(part(14..<15))")
    }
}
