#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Starts threads that take no signals.
enum LoopThread {
    /// Runs `body` on a new thread, which nobody waits for; false when the system has none to give.
    ///
    /// All signals are blocked there: the process's handlers run elsewhere, and `SIGPIPE`, which OpenSSL's `write` raises
    /// on a broken connection, cannot end the process.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var everySignal = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&everySignal)
        // A new thread inherits the mask, so no signal can come in between.
        unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let box = unsafe Unmanaged.passRetained(Box(body))
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                #if canImport(Glibc)
                guard let context = unsafe context else { return nil }
                #endif
                unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            return false
        }
        #if canImport(Glibc)
        pthread_detach(thread)
        #else
        if let thread { pthread_detach(thread) }
        #endif
        return true
    }
}
