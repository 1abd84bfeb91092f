/// A folder that only this user can read; whoever makes it removes it.
struct TemporaryFolder: Sendable {
    let path: String

    /// Makes a new folder below `TMPDIR`, or `/tmp`.
    init(environment: [String: String]) throws(SandboxError) {
        let parent = environment["TMPDIR", default: "/tmp"]
        guard let path = Files.makeFolder(prefix: "\(parent)/reloader-sandbox.") else {
            throw SandboxError("A temporary folder could not be made in \(parent); TMPDIR chooses another place.")
        }
        self.path = path
    }

    /// Writes a new file that only this user can read, and answers its path.
    func write(_ text: String, to name: String) throws(SandboxError) -> String {
        let file = "\(path)/\(name)"
        do { try Files.write(text, to: file) } catch {
            throw SandboxError("\(file) could not be written: \(error)")
        }
        return file
    }

    /// Removes the folder and the named files in it.
    func remove(_ names: String...) {
        for name in names { Files.remove("\(path)/\(name)") }
        Files.removeFolder(path)
    }
}
