import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few things that the sandbox asks of the file system.
enum Files {
    /// Whether this user may execute the file.
    static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    /// The whole content of a file.
    static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            var content: [UInt8] = []
            while true {
                let piece = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    unsafe count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if piece.isEmpty { return content }
                content += piece
            }
        }
    }

    /// Writes a new file that only this user can read.
    static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// Makes a new folder that only this user can read, with some characters added to `prefix`; nil when it cannot.
    static func makeFolder(prefix: String) -> String? {
        var template = Array("\(prefix)XXXXXX".utf8CString)
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe mkdtemp(base) != nil
        }
        return isMade ? String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Removes a file; one that is not there is as good as removed.
    static func remove(_ path: String) { _ = unsafe unlink(path) }
    /// Removes an empty folder.
    static func removeFolder(_ path: String) { _ = unsafe rmdir(path) }

    /// The folder of the running program.
    static var programFolder: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe readlink("/proc/self/exe", base, buffer.count)
        }
        // Only Linux has the link; elsewhere the name that the program was started by must do.
        let path =
            count > 0
            ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            : CommandLine.arguments[0]
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
