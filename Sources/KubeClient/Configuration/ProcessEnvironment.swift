#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment of this process.
package func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
        let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
        unsafe entry += 1
    }
    return result
}
