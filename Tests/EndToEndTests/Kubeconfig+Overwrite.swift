#if canImport(Glibc)
import EndToEndSupport
import Glibc
#else
import Darwin
#endif

extension Kubeconfig {
    /// Puts another text into a file of this kind, at once, as the kubelet swaps tokens.
    static func overwrite(_ path: String, with text: String) throws {
        let file = unsafe open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        _ = unsafe write(file, bytes, bytes.count)
        close(file)
        _ = unsafe rename("\(path).new", path)
    }
}
