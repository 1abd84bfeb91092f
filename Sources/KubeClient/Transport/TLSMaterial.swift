/// Bytes at an address that does not change, so that libcurl need not copy them for each request.
// Unchecked: the bytes are written by init only and freed by deinit only.
@safe final class Blob: @unchecked Sendable {
    private let storage: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    deinit { unsafe storage.deallocate() }

    var address: UnsafeRawPointer? { unsafe UnsafeRawPointer(storage.baseAddress) }
    var count: Int { unsafe storage.count }
}

/// The certificates of an exchange, as libcurl wants them; immutable, and the same object as long as nothing changes.
///
/// libcurl compares certificates when it looks for a connection to use again: other ones mean a new connection.
final class TLSMaterial: Sendable {
    let authority: Blob?
    let clientCertificate: Blob?
    let clientKey: Blob?

    init(authority: [UInt8]? = nil, identity: ClientIdentity? = nil) {
        self.authority = authority.map(Blob.init)
        clientCertificate = (identity?.certificate).map(Blob.init)
        clientKey = (identity?.privateKey).map(Blob.init)
    }
}
