import CCrypto

/// One SHA-1 computation in libcrypto; nil from any step means that libcrypto offers no SHA-1 in this process.
@safe struct SHA1Digest: ~Copyable {
    private let context: OpaquePointer

    /// Begins a computation.
    init?() {
        guard let algorithm = unsafe Algorithm.sha1.pointer, let context = unsafe EVP_MD_CTX_new() else { return nil }
        guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            return nil
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes.
    func update(_ bytes: UnsafeRawBufferPointer) {
        // Fails only on a finished or broken context, which `finish` then reports.
        _ = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Ends the computation.
    consuming func finish() -> Fingerprint? {
        var (digest, count) = (InlineArray<64, UInt8>(repeating: 0), UInt32(0))
        // 64 is EVP_MAX_MD_SIZE.
        var span = digest.mutableSpan
        let isFinished = unsafe span.withUnsafeMutableBufferPointer {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count) == 1
        }
        guard isFinished, count == 20 else { return nil }
        return Fingerprint(digest.span.extracting(first: 20))
    }

    /// The fetched algorithm; looking it up by name for every digest costs more than digesting a small object.
    // Unchecked: a fetched EVP_MD is immutable and may be shared between threads (EVP_MD_fetch(3)).
    @safe private struct Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer?

        static let sha1 = unsafe Algorithm(pointer: EVP_MD_fetch(nil, "SHA1", nil))
    }
}
