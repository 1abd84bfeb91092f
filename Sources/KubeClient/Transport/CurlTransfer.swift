import CCurl

/// One exchange on one libcurl easy handle.
///
/// Confined to the loop's thread.
@safe final class CurlTransfer {
    private static let maximumHeldBody = 64 << 10

    let ticket: Exchange.Ticket
    let start = ContinuousClock.now
    let multi: CurlMulti
    let easy: UnsafeMutableRawPointer
    private let exchange: Exchange
    private let continuation: CheckedContinuation<Exchange.Result, Never>
    private var machine: TransferStateMachine
    private var heldBody: [UInt8] = []
    private var sentBytes = 0
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []

    init(
        _ exchange: Exchange, ticket: Exchange.Ticket, multi: CurlMulti, easy: UnsafeMutableRawPointer,
        continuation: CheckedContinuation<Exchange.Result, Never>
    ) {
        self.exchange = exchange
        self.ticket = ticket
        self.multi = multi
        unsafe self.easy = easy
        self.continuation = continuation
        machine = TransferStateMachine(label: exchange.label, holdsUnauthorized: exchange.holdsUnauthorized)
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// The handle must have been reset or freed by then: it points to what is freed here.
    deinit {
        unsafe lists.forEach { unsafe curl_slist_free_all($0) }
        unsafe errorText.deallocate()
    }

    var channel: HTTPRequest.Channel { exchange.channel }
    var deadline: ContinuousClock.Instant? { exchange.deadline }
    /// When it counts as lost unless anything comes in.
    var silenceEnd: ContinuousClock.Instant? {
        exchange.silenceLimit.map { max(start, multi.lastReceived ?? start) + $0 }
    }

    /// Passes an event to the state machine; the outcome, when that ends the exchange.
    func received(_ event: TransferStateMachine.Event) -> TransferStateMachine.Outcome? {
        guard case .finish(let outcome) = machine.received(event) else { return nil }
        return outcome
    }

    /// Tells the caller; once.
    func finish(_ outcome: TransferStateMachine.Outcome) {
        continuation.resume(returning: Exchange.Result(outcome: outcome, heldBody: heldBody))
    }

    /// The error of an exchange whose time is up.
    var deadlineError: KubeError { KubeError(.timeout, "\(exchange.label): no complete answer in time") }

    /// The error of an exchange whose connections have been silent for too long.
    var silenceError: KubeError {
        // Where nothing has come in since the beginning, the server was not there even then.
        let wasThere = multi.lastReceived.map { $0 >= start } ?? false
        let cause = TransportFailure(
            wasThere ? .connectionLost : .cannotConnect,
            "nothing came in for \(exchange.silenceLimit ?? .zero), so the connection counts as lost")
        return KubeError(.transport, exchange.label, underlying: cause)
    }

    /// What libcurl's result means.
    func error(for code: CURLcode, settings: CurlSettings) -> KubeError? {
        guard code != CURLE_OK else { return nil }
        var (systemError, verifyResult, proxyStatus) = (0, 0, 0)
        unsafe ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        unsafe ccurl_get_long(easy, CURLINFO_SSL_VERIFYRESULT, &verifyResult)
        unsafe ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
        let report = TransportFailure.Report(
            code: code, detail: unsafe String(cString: errorText), systemError: Int32(truncatingIfNeeded: systemError),
            verifyResult: verifyResult, proxyStatus: proxyStatus, proxyURL: settings.proxyURL)
        return KubeError(.transport, exchange.label, underlying: TransportFailure(report, server: settings.server))
    }
}

// MARK: what libcurl calls
extension CurlTransfer {
    /// Whether libcurl shall go on.
    fileprivate func receiveHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var line = unsafe String(decoding: bytes, as: UTF8.self)
        while line.utf8.last == UInt8(ascii: "\n") || line.utf8.last == UInt8(ascii: "\r") || line.last == "\r\n" {
            line.removeLast()
        }
        switch machine.received(.headerLine(line)) {
        case .deliverHead(let head): return deliver { () throws(KubeError) in try exchange.receiver.receive(head) }
        case .abort, .finish: return false
        case .none, .deliverBody, .holdBody: return true
        }
    }

    /// Whether libcurl shall go on.
    fileprivate func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch machine.received(.body) {
        case .deliverBody:
            return deliver { () throws(KubeError) in try unsafe exchange.receiver.receive(bytes.bytes) }
        case .holdBody:
            unsafe heldBody += bytes.prefix(Self.maximumHeldBody - heldBody.count)
            return true
        case .abort, .finish: return false
        case .none, .deliverHead: return true
        }
    }

    private func deliver(_ body: () throws(KubeError) -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            if case .none = machine.received(.receiverFailed(error)) { return true }
            return false
        }
    }

    fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = exchange.body else { return 0 }
        let count = min(buffer.count, body.count - sentBytes)
        unsafe buffer.copyBytes(from: body[sentBytes..<(sentBytes + count)])
        sentBytes += count
        return count
    }
}

// MARK: options
extension CurlTransfer {
    /// Sets a fresh handle up for this exchange; the first refusal of libcurl's ends it.
    func configure(_ settings: CurlSettings) -> KubeError? {
        var refusal = CURLE_OK
        func set(_ code: CURLcode) { if refusal == CURLE_OK { refusal = code } }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()

        unsafe set(ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1))
        unsafe set(ccurl_allow_only_http(easy))
        unsafe set(ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1))
        unsafe set(ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0))
        unsafe set(ccurl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS))
        unsafe set(ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, 10_000))
        unsafe set(ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1))
        unsafe set(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        unsafe set(ccurl_detect_dead_peer(easy, 30, 15, 45))
        unsafe set(ccurl_set_string(easy, CURLOPT_URL, exchange.url))
        unsafe set(ccurl_set_string(easy, CURLOPT_USERAGENT, settings.userAgent))
        unsafe set(ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, onHeaderLine))
        unsafe set(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        unsafe set(ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, onBody))
        unsafe set(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        // Waits for a connection that is being made rather than making another: over HTTP/2 one serves all. Without TLS it
        // can only be HTTP/1.1, where that would be a wait for the answer of somebody else's watch.
        if settings.server.isSecure { unsafe set(ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)) }
        unsafe configureMethod(context, set)
        configureTLS(settings, set)
        configureProxy(settings, set)
        if !settings.keepsConnections { unsafe set(ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1)) }
        if let connectTo = settings.connectTo { setList(CURLOPT_CONNECT_TO, [connectTo], set) }
        setList(CURLOPT_HTTPHEADER, exchange.headerLines, set)
        guard refusal != CURLE_OK else { return nil }
        return error(for: refusal, settings: settings)
    }

    private func configureMethod(_ context: UnsafeMutableRawPointer, _ set: (CURLcode) -> Void) {
        if exchange.method == .get {
            return unsafe set(ccurl_set_long(easy, CURLOPT_HTTPGET, 1))
        }
        // When a reused connection turns out dead, libcurl repeats the request by itself. It cannot do so once it has taken part
        // of a body from a callback that cannot be rewound: that is why the body is not given as POSTFIELDS, and why a
        // write without one reuses no connection. A write whose fate is unknown must be reported, never repeated.
        if exchange.body?.isEmpty != false { unsafe set(ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)) }
        if exchange.body == nil, exchange.method == .delete {
            unsafe set(ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, exchange.method.rawValue))
        } else {
            unsafe set(ccurl_set_long(easy, CURLOPT_POST, 1))
            unsafe set(ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, exchange.method.rawValue))
            unsafe set(ccurl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(exchange.body?.count ?? 0)))
            unsafe set(ccurl_set_data_callback(easy, CURLOPT_READFUNCTION, onSend))
            unsafe set(ccurl_set_pointer(easy, CURLOPT_READDATA, context))
        }
    }

    private func configureTLS(_ settings: CurlSettings, _ set: (CURLcode) -> Void) {
        guard settings.server.isSecure else { return }
        unsafe set(ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        unsafe set(ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, settings.skipsVerification ? 0 : 1))
        unsafe set(ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, settings.skipsVerification ? 0 : 2))
        if let authority = exchange.tls.authority {
            unsafe set(ccurl_set_blob(easy, CURLOPT_CAINFO_BLOB, authority.address, authority.count))
            // Otherwise the system's folder of authorities would be trusted as well.
            unsafe set(ccurl_set_string(easy, CURLOPT_CAPATH, nil))
        } else {
            if let file = settings.authorities.file { unsafe set(ccurl_set_string(easy, CURLOPT_CAINFO, file)) }
            if let folder = settings.authorities.folder { unsafe set(ccurl_set_string(easy, CURLOPT_CAPATH, folder)) }
        }
        if let certificate = exchange.tls.clientCertificate, let key = exchange.tls.clientKey {
            unsafe set(ccurl_set_blob(easy, CURLOPT_SSLCERT_BLOB, certificate.address, certificate.count))
            unsafe set(ccurl_set_blob(easy, CURLOPT_SSLKEY_BLOB, key.address, key.count))
        }
    }

    private func configureProxy(_ settings: CurlSettings, _ set: (CURLcode) -> Void) {
        // An empty proxy means none, and no list of exceptions that it counts: libcurl would read both from the environment
        // by rules of its own.
        unsafe set(ccurl_set_string(easy, CURLOPT_PROXY, settings.proxyURL.value))
        unsafe set(ccurl_set_string(easy, CURLOPT_NOPROXY, ""))
        // Of an https proxy the other clients of Kubernetes demand what they demand of the server: its authority counts, and
        // here the system's still do as well.
        unsafe set(ccurl_set_long(easy, CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        unsafe set(ccurl_set_long(easy, CURLOPT_PROXY_SSL_VERIFYPEER, settings.skipsVerification ? 0 : 1))
        unsafe set(ccurl_set_long(easy, CURLOPT_PROXY_SSL_VERIFYHOST, settings.skipsVerification ? 0 : 2))
        if let authority = exchange.tls.authority {
            unsafe set(ccurl_set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, authority.address, authority.count))
        }
    }

    private func setList(_ option: CURLoption, _ lines: [String], _ set: (CURLcode) -> Void) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else { return set(CURLE_OUT_OF_MEMORY) }
            unsafe list = longer
        }
        guard let list = unsafe list else { return }
        unsafe lists.append(list)
        unsafe set(ccurl_set_list(easy, option, list))
    }
}

/// What a callback returns to give an exchange up: anything but the number of bytes, and not "pause".
private func refusal(of count: Int) -> Int { count == 0 ? 1 : 0 }

private let onHeaderLine: ccurl_data_callback = { bytes, size, count, context in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receiveHeaderLine(line) ? line.count : refusal(of: line.count)
}

private let onBody: ccurl_data_callback = { bytes, size, count, context in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receiveBody(piece) ? piece.count : refusal(of: piece.count)
}

private let onSend: ccurl_data_callback = { bytes, size, count, context in
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}
