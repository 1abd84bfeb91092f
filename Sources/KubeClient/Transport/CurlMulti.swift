import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One libcurl multi handle: a set of connections that only its own transfers use.
///
/// Confined to the loop's thread.
///
/// libcurl says which sockets to watch and when to call it again; ``CurlLoop`` does both.
@safe final class CurlMulti {
    private static let poolSize = 8

    /// Interest in each socket, as `poll` events.
    private(set) var sockets: [Int32: Int16] = [:]
    /// Set when ``sockets`` changed; whoever reads them clears it.
    var socketsChanged = false
    /// When libcurl wants to be called although no socket is ready.
    private(set) var timer: ContinuousClock.Instant?
    /// When anything last came in; nil for never.
    private(set) var lastReceived: ContinuousClock.Instant?

    private let multi: UnsafeMutableRawPointer
    private var pool: [UnsafeMutableRawPointer] = unsafe []

    /// Creates the handle; nil without memory.
    init?(channel: HTTPRequest.Channel) {
        guard let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = multi
        unsafe ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        // The default of 100 makes libcurl open one more connection for each stream beyond; the server's limit counts.
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000)
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 8)
        // A watch over HTTP/1.1 keeps its connection, so the next one must get another, or it would wait for ever.
        if channel != .watches { unsafe ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 4) }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_multi_set_callbacks(multi, onSocket, onTimer, context)
    }

    deinit {
        unsafe pool.forEach { unsafe curl_easy_cleanup($0) }
        // Its callbacks would reach into what is being taken apart.
        unsafe ccurl_multi_set_callbacks(multi, nil, nil, nil)
        unsafe curl_multi_cleanup(multi)
    }

    /// A handle in its initial state; nil without memory.
    func takeHandle() -> UnsafeMutableRawPointer? { unsafe pool.popLast() ?? curl_easy_init() }

    /// Takes a handle back that is not being performed.
    func recycle(_ easy: UnsafeMutableRawPointer) {
        guard unsafe pool.count < Self.poolSize else { return unsafe curl_easy_cleanup(easy) }
        unsafe curl_easy_reset(easy)
        unsafe pool.append(easy)
    }

    /// Begins to perform; false when libcurl refuses.
    func add(_ easy: UnsafeMutableRawPointer) -> Bool { unsafe curl_multi_add_handle(multi, easy) == CURLM_OK }

    /// Stops performing: resets the stream of HTTP/2, closes the connection of HTTP/1.1 unless the answer is complete.
    func remove(_ easy: UnsafeMutableRawPointer) { unsafe curl_multi_remove_handle(multi, easy) }

    /// Tells libcurl what `poll` found.
    func socketIsReady(_ socket: Int32, events: Int16) {
        var mask: Int32 = 0
        if events & Int16(POLLIN | POLLHUP) != 0 { mask |= CURL_CSELECT_IN }
        if events & Int16(POLLIN) != 0 { lastReceived = .now }
        if events & Int16(POLLOUT) != 0 { mask |= CURL_CSELECT_OUT }
        if events & Int16(POLLERR | POLLNVAL) != 0 { mask |= CURL_CSELECT_ERR }
        var running: Int32 = 0
        unsafe curl_multi_socket_action(multi, socket, mask, &running)
    }

    /// Tells libcurl that its timer has passed.
    func timerPassed() {
        timer = nil
        var running: Int32 = 0
        unsafe curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    }

    /// The next transfer that libcurl is done with, still added.
    func nextDone() -> (easy: UnsafeMutableRawPointer, result: CURLcode)? {
        var result = CURLE_OK
        guard let easy = unsafe ccurl_multi_next_done(multi, &result) else { return nil }
        return unsafe (easy, result)
    }

    fileprivate func watch(_ socket: Int32, _ what: Int32) {
        switch what {
        case CURL_POLL_IN: sockets[socket] = Int16(POLLIN)
        case CURL_POLL_OUT: sockets[socket] = Int16(POLLOUT)
        case CURL_POLL_INOUT: sockets[socket] = Int16(POLLIN | POLLOUT)
        default: sockets[socket] = nil
        }
        socketsChanged = true
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : ContinuousClock.now + .milliseconds(milliseconds)
    }
}

private let onSocket: ccurl_socket_callback = { _, socket, what, context, _ in
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
    return 0
}

private let onTimer: ccurl_timer_callback = { _, milliseconds, context in
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
    return 0
}
