/// Why the sandbox cannot run: what to tell the user, and the exit status.
struct SandboxError: Error, Hashable, CustomStringConvertible {
    var description: String
    var status: Int32

    init(_ description: String, status: Int32 = 2) {
        self.description = description
        self.status = status
    }
}
