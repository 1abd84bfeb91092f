/// The syntax of names, labels and keys, with the API server's sentences for what breaks it.
package enum Names {
    private static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    private static let subdomainPattern = "\(labelPattern)(\\.\(labelPattern))*"
    private static let qualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

    /// RFC 1123 subdomain: the names of most objects.
    package static func subdomainFault(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 253 { faults.append("must be no more than 253 characters") }
        if !text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ isLabel($0) }) {
            faults.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                    + "validation is '\(subdomainPattern)')")
        }
        return faults
    }

    /// RFC 1123 label: the names of Namespaces, containers and volumes.
    package static func labelFault(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 63 { faults.append("must be no more than 63 characters") }
        if !isLabel(text[...]) {
            faults.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                    + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                    + "validation is '\(labelPattern)')")
        }
        return faults
    }

    /// RFC 1035 label: the names of Services.
    package static func serviceNameFault(_ text: String) -> [String] {
        if text.utf8.count > 63 { return ["must be no more than 63 characters"] }
        guard !isLabel(text[...]) || !(text.first?.isLetter ?? false) else { return [] }
        return [
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        ]
    }

    /// A name that may be one segment of a path: the names of RBAC objects.
    package static func pathSegmentFault(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
    }

    /// `prefix/name` as label keys, annotation keys and finalizers have it.
    package static func qualifiedNameFault(_ text: String) -> [String] {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            return [
                qualifiedNameSentence("a valid label key")
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var faults: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty {
                faults.append("prefix part must be non-empty")
            } else {
                faults += subdomainFault(String(parts[0])).map { "prefix part \($0)" }
            }
        }
        let name = parts.last ?? ""
        if name.isEmpty {
            faults.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            faults.append("name part must be no more than 63 bytes")
        }
        if !isQualified(name) { faults.append(qualifiedNameSentence("name part")) }
        return faults
    }

    /// The value of a label.
    package static func labelValueFault(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 63 { faults.append("must be no more than 63 bytes") }
        if !text.isEmpty, !isQualified(text[...]) {
            faults.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                    + " regex used for validation is '(\(qualifiedPattern))?')")
        }
        return faults
    }

    /// A key of ConfigMap or Secret data.
    package static func configKeyFault(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 253 { faults.append("must be no more than 253 characters") }
        if text.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }) {
            faults.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if text == "." { faults.append("must not be '.'") }
        if text == ".." {
            faults.append("must not be '..'")
        } else if text.hasPrefix("..") {
            faults.append("must not start with '..'")
        }
        return faults
    }

    private static func qualifiedNameSentence(_ subject: String) -> String {
        "\(subject) must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'\(qualifiedPattern)')"
    }

    private static func isLabel(_ text: Substring) -> Bool {
        func isLower(_ byte: UInt8) -> Bool { isAlphanumeric(byte) && !(65...90).contains(byte) }
        guard let first = text.utf8.first, let last = text.utf8.last, isLower(first), isLower(last) else {
            return false
        }
        return text.utf8.allSatisfy { isLower($0) || $0 == 0x2D }
    }

    private static func isQualified(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
