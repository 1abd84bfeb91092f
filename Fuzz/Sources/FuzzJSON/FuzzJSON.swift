import FuzzSupport
import KubeClient

/// One document through everything that reads JSON: skipping, trees, projections and raw copies agree about it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let skipped = outcome { () throws(JSONError) in try JSONReader.read(bytes.span.bytes) { _ in } }
    let tree = outcome { () throws(JSONError) in try JSONValue(parsing: bytes) }
    if case .failure(let error) = skipped { expect((0...count).contains(error.offset), "offset \(error.offset)") }

    switch (skipped, tree) {
    case (.success, .success(let value)):
        checkRoundTrip(value)
        checkAccess(bytes, value)
    case (.success, .failure(let error)):
        // Skipping looks at the syntax only.
        expect(String(validating: bytes, as: UTF8.self) == nil, "valid text is skipped, but not read: \(error)")
    case (.failure(let error), .success): expect(false, "read, but not skipped: \(error)")
    case (.failure, .failure): break
    }
    checkProjection(ObjectMetadata.self, bytes, skipped)
    checkProjection(Status.self, bytes, skipped)
    checkProjection(Scale.self, bytes, skipped)
    checkUnstructured(bytes, tree)
    checkRefusal(bytes)
    return 0
}

private func checkRoundTrip(_ value: JSONValue) {
    let written = value.bytes
    let again = outcome { () throws(JSONError) in try JSONValue(parsing: written) }
    guard case .success(let again) = again else { return expect(false, "what was written does not read: \(again)") }
    expect(again == value, "it reads as something else")
    expect(again.bytes == written, "it is written otherwise the second time")
    let pretty = outcome { () throws(JSONError) in try JSONValue(parsing: Array(value.prettyPrinted().utf8)) }
    guard case .success(value) = pretty else { return expect(false, "pretty printing changes it") }
}

/// Numbers and strings by their own readers.
private func checkAccess(_ bytes: [UInt8], _ value: JSONValue) {
    switch value {
    case .number(let text):
        let integer = outcome { () throws(JSONError) in
            try JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try reader.int() }
        }
        expect((try? integer.get()) == Int(text), "the integer \(text) reads as \(integer)")
        let double = outcome { () throws(JSONError) in
            try JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try reader.double() }
        }
        expect((try? double.get()) == Double(text).flatMap { $0.isFinite ? $0 : nil }, "\(text) reads as \(double)")
    case .string(let text):
        let lent = outcome { () throws(JSONError) in
            try JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in
                try reader.withStringBytes { $0.withUnsafeBytes { Array($0) } }
            }
        }
        expect((try? lent.get()) == Array(text.utf8), "a string is lent otherwise than it is read")
    default: break
    }
}

/// A projection reads nothing that is not well-formed, and all that is, unless a string that it reads is not UTF-8.
private func checkProjection<Shape: KubeDecodable>(
    _ type: Shape.Type, _ bytes: [UInt8], _ skipped: Result<Void, JSONError>
) {
    let read = outcome { () throws(JSONError) in
        try JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try Shape(from: &reader) }
    }
    switch (skipped, read) {
    case (.failure(let error), .success): expect(false, "\(type) reads what is not well-formed: \(error)")
    case (_, .failure(let error)): expect((0...bytes.count).contains(error.offset), "offset \(error.offset)")
    case (.success, .success): break
    }
}

private func checkUnstructured(_ bytes: [UInt8], _ tree: Result<JSONValue, JSONError>) {
    let object = outcome { () throws(JSONError) in
        try JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try UnstructuredObject(from: &reader) }
    }
    guard case .success(let object) = object, case .success(let value) = tree else { return }
    expect(object.value == value, "the kept bytes read as another tree")
    for name in value.object?.names ?? [] {
        let pointer = JSONPointer([name])
        expect(JSONPointer(parsing: pointer.description) == pointer, "the pointer \(pointer) does not survive its text")
        expect(object[at: pointer] == value[at: pointer], "the pointer \(pointer) leads elsewhere")
        for (index, _) in (value[name]?.array ?? []).enumerated().prefix(4) {
            let deeper = pointer.appending(String(index))
            expect(object[at: deeper] == value[at: deeper], "the pointer \(deeper) leads elsewhere")
        }
    }
}

/// Any body at all can come with a refusal.
private func checkRefusal(_ bytes: [UInt8]) {
    for type in ["application/json", "text/html", nil] {
        let status = decodeStatus(httpStatus: 503, contentType: type, body: bytes.span.bytes, retryAfter: nil)
        expect(status.code >= 400, "a refusal with the code \(status.code)")
        expect(!status.message.isEmpty, "a refusal without a reason")
        expect(status.message.count <= 4096, "a refusal with a message of \(status.message.count) characters")
    }
}
