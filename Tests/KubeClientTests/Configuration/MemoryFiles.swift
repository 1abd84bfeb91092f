import Synchronization

@testable import KubeClient

/// Files in memory that tests change while they are read.
final class MemoryFiles: Sendable {
    private let state: Mutex<(files: [String: String], reads: Int)>

    init(_ files: [String: String] = [:]) { state = Mutex((files, 0)) }

    subscript(path: String) -> String? {
        get { state.withLock { $0.files[path] } }
        set { state.withLock { $0.files[path] = newValue } }
    }

    var reads: Int { state.withLock { $0.reads } }

    /// A path that holds `!` cannot be read for another reason than being absent.
    var reader: FileReader {
        FileReader { [self] (path) throws(FileError) in
            let text = state.withLock { state in
                state.reads += 1
                return state.files[path]
            }
            guard let text else { throw FileError(path: path, code: 2) }
            guard text != "!" else { throw FileError(path: path, code: 13) }
            return Array(text.utf8)
        }
    }
}
