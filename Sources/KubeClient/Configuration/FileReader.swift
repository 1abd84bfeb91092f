#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How the client reads files: from the system, or from memory in tests.
package struct FileReader: Sendable {
    /// Reads a whole file.
    package var read: @Sendable (_ path: String) throws(FileError) -> [UInt8]

    /// Creates a reader.
    package init(_ read: @escaping @Sendable (_ path: String) throws(FileError) -> [UInt8]) { self.read = read }

    /// The files of this machine, up to 64 MiB each.
    package static let system = FileReader { (path) throws(FileError) in try readSystemFile(path) }
}

/// Why a file could not be read.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path.
    package var path: String
    /// The system's error number.
    package var code: Int32

    /// Creates an error.
    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// Whether there is no such file.
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    /// Whether this account may not read it, or not look where it would be.
    var isForbidden: Bool { code == EACCES }

    /// The path and the system's words.
    package var description: String { "cannot read \(path): \(systemMessage(code))" }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}

private func readSystemFile(_ path: String) throws(FileError) -> [UInt8] {
    let maximum = 64 << 20
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(path: path, code: errno)
        }
        if count == 0 { return contents }
        guard contents.count + count <= maximum else { throw FileError(path: path, code: EFBIG) }
        contents += chunk[..<count]
    }
}
