#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A kubeconfig in a file of its own, for as long as a test needs it.
package enum Kubeconfig {
    /// Names a server that asks for no credentials.
    package static func withFile<Result: Sendable>(
        server: String, _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        let text = """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "\(server)"}}]
            contexts: [{name: test, context: {cluster: test}}]

            """
        return try await withFile(text: text, body)
    }

    /// Holds this text.
    package static func withFile<Result: Sendable>(
        text: String, _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        var template = Array("/tmp/reloader-test-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = Array(text.utf8)
        _ = unsafe write(file, bytes, bytes.count)
        close(file)
        defer { unsafe unlink(path) }
        return try await body(path)
    }
}
