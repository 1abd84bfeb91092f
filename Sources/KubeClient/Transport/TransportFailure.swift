import CCurl

/// Why an exchange failed below HTTP; the cause inside a ``KubeError`` with code `transport`.
package struct TransportFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller can decide upon.
    package enum Kind: Hashable, Sendable {
        /// The server's or the proxy's name has no address.
        case unknownHost
        /// No connection came about, so the server never saw the request.
        case cannotConnect
        /// The certificate was refused, or TLS could not agree.
        case tls
        /// A connection that existed broke; the server may have acted on the request.
        case connectionLost
        /// Anything else.
        case other

        /// Whether no byte of the request can have left; with ``tls`` it can, as an alert ends connections in use, too.
        package var isBeforeAnyConnection: Bool { self == .unknownHost || self == .cannotConnect }
    }

    /// What a caller can decide upon.
    package var kind: Kind
    /// What happened, and what to do about it.
    package var description: String

    /// Creates a failure.
    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension KubeError {
    /// Whether the request never was with the server: there was no connection to send it on, or no credential.
    package var neverArrived: Bool {
        if code == .credentials { return true }
        switch (underlying as? TransportFailure)?.kind {
        case .unknownHost, .cannotConnect, .tls: return true
        case .connectionLost, .other, nil: return false
        }
    }
}

extension TransportFailure {
    /// What libcurl knows about a transfer that failed.
    struct Report {
        /// libcurl's result.
        var code: CURLcode
        /// libcurl's own words; may be empty.
        var detail: String
        /// The system's error number, 0 for none.
        var systemError: Int32
        /// OpenSSL's verdict about the certificate chain, 0 for "fine".
        var verifyResult: Int
        /// What a proxy answered to CONNECT, 0 for nothing.
        var proxyStatus = 0
        /// The proxy, empty for none; may hold a password.
        var proxyURL = Redacted("")

        /// libcurl's words up to where they quote the proxy's URL: it may hold a password, and be cut off inside it.
        fileprivate var words: String {
            if detail.isEmpty { return unsafe String(cString: curl_easy_strerror(code)) }
            let beginning = String(proxyURL.value.prefix(8))
            guard !beginning.isEmpty, let quote = detail.range(ofFirst: beginning) else { return detail }
            return "\(detail[..<quote.lowerBound])…"
        }
    }

    init(_ report: Report, server: ServerAddress) {
        let words = report.words
        if report.proxyStatus >= 300 {
            let advice = report.proxyStatus == 407 ? "; it wants a user and a password in proxy-url" : ""
            self.init(
                .cannotConnect,
                "the proxy refused to connect to \(server.authority) with HTTP status \(report.proxyStatus)\(advice)")
            return
        }
        switch report.code {
        case CURLE_PROXY: self.init(.cannotConnect, "the proxy could not connect to \(server.authority) (\(words))")
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.unknownHost, "the name \(server.host) has no address; check the server's URL and the DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.unknownHost, "the proxy's name has no address; check proxy-url or https_proxy")
        case CURLE_COULDNT_CONNECT:
            let reason = report.systemError == 0 ? words : systemMessage(report.systemError).lowercased()
            let what =
                !report.proxyURL.value.isEmpty ? "the proxy running, and the API server" : "the API server running"
            self.init(.cannotConnect, "\(reason); is \(what) at \(server.authority)?")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.cannotConnect, "no connection to \(server.authority) in time; is a firewall in the way?")
        case CURLE_PEER_FAILED_VERIFICATION where report.verifyResult <= 1:
            // The chain is fine (0), or its result is still unspecified (1), so it is the name.
            self.init(
                .tls,
                "the server's certificate is not for the name that was asked for (\(words)); "
                    + "correct the server's URL or set tls-server-name")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(
                .tls,
                "the server's certificate is not trusted (\(words)); set certificate-authority to the CA that signed it"
            )
        case CURLE_SSL_CACERT_BADFILE:
            self.init(.tls, "certificate-authority cannot be used (\(words)); it must hold PEM certificates")
        case CURLE_SSL_CERTPROBLEM:
            self.init(
                .tls, "the client certificate cannot be used (\(words)); check client-certificate and client-key")
        case CURLE_SSL_CONNECT_ERROR:
            self.init(.tls, "TLS could not be agreed upon (\(words)); does \(server.authority) speak TLS?")
        case CURLE_PARTIAL_FILE: self.init(.connectionLost, "the connection ended in the middle of the answer")
        case CURLE_GOT_NOTHING: self.init(.connectionLost, "the connection ended before the answer")
        case CURLE_SEND_FAIL_REWIND:
            // The reused connection broke after the body went out: see CurlTransfer on why it is not repeated.
            self.init(.connectionLost, "the connection ended after the request was sent; it may have been carried out")
        case CURLE_RECV_ERROR where words.holds(" alert "), CURLE_SEND_ERROR where words.holds(" alert "):
            // In TLS 1.3 the client is done, and may have sent its request, before the server has looked at its certificate.
            self.init(
                .tls, "the server refuses the client over TLS (\(words)); check client-certificate and client-key")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self.init(.connectionLost, "the connection broke (\(words))")
        default: self.init(.other, words)
        }
    }
}
