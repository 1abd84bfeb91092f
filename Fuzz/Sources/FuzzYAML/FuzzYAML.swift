import FuzzSupport
import KubeClient

/// A text as YAML, and as the kubeconfig that is used.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    checkDocuments(bytes)
    checkJSON(bytes)
    checkKubeconfig(bytes)
    return 0
}

/// Trees are JSON, places lie inside the text, and the last of two equal keys counts where it may.
private func checkDocuments(_ bytes: [UInt8]) {
    let strict = outcome { () throws(YAMLError) in try YAMLReader.documents(bytes, file: "f") }
    let lenient = outcome { () throws(YAMLError) in
        try YAMLReader.documents(bytes, file: "f", duplicateKeys: .lastCounts)
    }
    switch (strict, lenient) {
    case (.success(let documents), .success(let same)):
        expect(documents == same, "without duplicate keys both readings are the same")
        for document in documents {
            let again = outcome { () throws(JSONError) in try JSONValue(parsing: document.bytes) }
            expect((try? again.get()) == document, "a document is no JSON: \(again)")
        }
    case (.success, .failure(let error)): expect(false, "only the lenient reading fails: \(error)")
    case (.failure(let error), _):
        expect(error.line >= 1 && error.column >= 1, "a place before the text: \(error)")
        // A text may be UTF-16, then no line is shorter than it is in UTF-8.
        expect(error.line <= bytes.count + 2, "a place after the text: \(error)")
    }
}

/// JSON is YAML, apart from what a plain reading of YAML 1.1 refuses.
private func checkJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), !value.isBeyondYAML(depth: 0) else { return }
    let text = value.bytes
    let read = outcome { () throws(YAMLError) in try YAMLReader.documents(text, file: "f") }
    guard case .success(let documents) = read, documents.count == 1, let document = documents.first else {
        return expect(false, "JSON does not read as YAML: \(read)")
    }
    expect(document == value, "JSON reads as something else in YAML")
}

extension JSONValue {
    /// Whether YAML cannot hold this: numbers are resolved otherwise, long keys and some characters are not allowed.
    fileprivate func isBeyondYAML(depth: Int) -> Bool {
        if depth > 200 { return true }
        switch self {
        case .null, .bool: return false
        case .number(let text): return Int64(text) == nil || text.hasPrefix("-0")
        case .string(let text): return text.isBeyondYAML
        case .array(let elements): return elements.contains { $0.isBeyondYAML(depth: depth + 1) }
        case .object(let object):
            return object.members.contains { member in
                member.name.utf8.count > 500 || member.name.isBeyondYAML || member.value.isBeyondYAML(depth: depth + 1)
            }
        }
    }
}

extension String {
    fileprivate var isBeyondYAML: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x7F...0x9F, 0xFEFF, 0xFFFE, 0xFFFF: true
            default: false
            }
        }
    }
}

private func checkKubeconfig(_ bytes: [UInt8]) {
    var system = KubeConfiguration.System()
    // Nothing of this machine, and no program is ever run: a plug-in runs with the first request.
    system.files = FileReader { (path) throws(FileError) in
        guard path == "/config" else { throw FileError(path: path, code: 2) }
        return bytes
    }
    let result = outcome { () throws(KubeError) in
        try KubeConfiguration.infer(environment: ["KUBECONFIG": "/config"], context: nil, system: system)
    }
    let texts: [String]
    switch result {
    case .success(let configuration):
        expect(!configuration.server.isEmpty, "a configuration without a server")
        texts = [configuration.description, configuration.debugDescription] + configuration.warnings
    case .failure(let error):
        expect(!error.message.isEmpty, "an error without a message")
        texts = [error.description]
    }
    // The corpus and the dictionary have it where secrets are.
    let secret = "S3CR3T-T0KEN"
    guard isSecret(secret, in: bytes) else { return }
    for text in texts { expect(!text.contains(secret), "a credential shows: \(text)") }
}

/// Whether `secret` stands only where credentials do, as the value of `token`, `password` or `client-key-data`.
private func isSecret(_ secret: String, in bytes: [UInt8]) -> Bool {
    guard let documents = try? YAMLReader.documents(bytes, file: "f", duplicateKeys: .lastCounts) else { return false }
    var places: (secret: Int, other: Int) = (0, 0)
    func count(_ value: JSONValue, isCredential: Bool) {
        switch value {
        case .string(let text):
            if text.contains(secret) { if isCredential { places.secret += 1 } else { places.other += 1 } }
        case .array(let elements): for element in elements { count(element, isCredential: isCredential) }
        case .object(let object):
            for member in object.members {
                if member.name.contains(secret) { places.other += 1 }
                count(
                    member.value, isCredential: ["token", "password", "client-key-data"].contains(member.name))
            }
        default: break
        }
    }
    for document in documents { count(document, isCredential: false) }
    return places.secret > 0 && places.other == 0
}
