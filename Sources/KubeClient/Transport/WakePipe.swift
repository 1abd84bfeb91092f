#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A pipe to itself, by which other threads end a thread's `poll`.
struct WakePipe: Sendable {
    /// The end to poll.
    let readEnd: Int32
    private let writeEnd: Int32

    /// Opens a pipe; nil when the process has no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    /// Makes the read end readable.
    ///
    /// A full pipe is readable already.
    func wake() {
        var byte: UInt8 = 0
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Empties the pipe.
    func drain() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while unsafe withUnsafeMutableBytes(of: &bytes, { unsafe read(readEnd, $0.baseAddress, $0.count) }) > 0 {}
    }

    /// Closes both ends; nobody may wake it any more.
    func close() {
        for end in [readEnd, writeEnd] {
            #if canImport(Glibc)
            _ = Glibc.close(end)
            #else
            _ = Darwin.close(end)
            #endif
        }
    }
}
