@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The `openssl` command: makes certificates and serves with them.
final class OpenSSL {
    static let isInstalled = (try? OpenSSL.run(["version"])) != nil

    /// Has `ca.crt`, `server.crt` for `127.0.0.1` and `api.test`, `client.crt`, `renewed.crt`, another authority's
    /// `other.crt`, each with its `.key`.
    let folder: String
    private var server: pid_t?

    init() throws {
        folder = "/tmp/kubeclient-tls-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        guard unsafe mkdir(folder, 0o700) == 0 else { throw SystemError() }
        for name in ["ca", "other"] { try makeAuthority(name) }
        let issuer = ["-CA", path("ca.crt"), "-CAkey", path("ca.key")]
        try makeSigned("server", names: "subjectAltName=IP:127.0.0.1,DNS:api.test", issuer: issuer)
        for name in ["client", "renewed"] { try makeSigned(name, names: "subjectAltName=DNS:\(name)", issuer: issuer) }
    }

    deinit {
        if let server { end(server) }
        if let entries = unsafe opendir(folder) {
            while let entry = unsafe readdir(entries) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                    unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                }
                if unsafe unlink(path(name)) != 0 { unsafe rmdir(path(name)) }
            }
            unsafe closedir(entries)
        }
        unsafe rmdir(folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func contents(_ name: String) throws -> [UInt8] { try FileReader.system.read(path(name)) }

    func write(_ text: String, to name: String) throws {
        let file = unsafe open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw SystemError() }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard unsafe bytes.withUnsafeBytes({ unsafe writeAll(file, $0) }) == bytes.count else {
            throw SystemError()
        }
    }

    /// Puts one certificate with its key in the place of another.
    func replace(_ name: String, by other: String) throws {
        for suffix in ["crt", "key"] {
            try write(String(decoding: contents("\(other).\(suffix)"), as: UTF8.self), to: "\(name).\(suffix)")
        }
    }

    /// Makes `expired.crt` for `server.key`, which was good on one day in 2020.
    func makeExpired() throws {
        try write(
            """
            [ca]
            default_ca = d
            [d]
            database = \(path("index.txt"))
            new_certs_dir = \(folder)
            default_md = sha256
            policy = p
            rand_serial = yes
            copy_extensions = copy
            [p]
            commonName = supplied
            """, to: "ca.cnf")
        try write("", to: "index.txt")
        try Self.run(
            ["ca", "-batch", "-notext", "-config", path("ca.cnf"), "-in", path("server.csr"), "-cert", path("ca.crt")]
                + ["-keyfile", path("ca.key"), "-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
                + ["-out", path("expired.crt")])
    }

    /// Starts `s_server`, which answers any GET with a page; returns its port.
    func serve(_ options: [String] = [], certificate: String = "server.crt") throws -> Int {
        let arguments =
            ["s_server", "-accept", "127.0.0.1:0", "-cert", path(certificate), "-key", path("server.key"), "-www"]
            + options
        let (process, output) = try spawn("openssl", arguments)
        server = process
        // Its first lines end with "ACCEPT 127.0.0.1:<port>".
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1 {
            text.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            let line = String(decoding: text, as: UTF8.self)
            if line.hasPrefix("ACCEPT"),
                let port = line.split(separator: ":").last.flatMap({ Int(trimmed(String($0))) })
            {
                return port
            }
            text = []
        }
        throw SystemError()
    }

    private func makeAuthority(_ name: String) throws {
        try Self.run(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-keyout", path("\(name).key"), "-out", path("\(name).crt"), "-subj", "/CN=\(name)"])
    }

    private func makeSigned(_ name: String, names: String, issuer: [String]) throws {
        try Self.run(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)"]
                + ["-addext", names, "-keyout", path("\(name).key"), "-out", path("\(name).csr")])
        try Self.run(
            ["x509", "-req", "-in", path("\(name).csr"), "-copy_extensions", "copy", "-CAcreateserial", "-days", "2"]
                + ["-out", path("\(name).crt")] + issuer)
    }

    private static func run(_ arguments: [String]) throws {
        let (process, output) = try spawn("openssl", arguments)
        close(output)
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, 0) == process, status == 0 else { throw SystemError(code: status) }
    }
}

/// Starts a command with one of its streams in a pipe, and the rest nowhere.
func spawn(
    _ command: String, _ arguments: [String], reading stream: Int32 = 1
) throws -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SystemError() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    #if canImport(Glibc)
    var actions = unsafe posix_spawn_file_actions_t()
    #else
    var actions: posix_spawn_file_actions_t?
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 3 - stream, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], stream)
    var pointers = unsafe ([command] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var process: pid_t = 0
    guard unsafe posix_spawnp(&process, command, &actions, nil, &pointers, environ) == 0 else {
        throw SystemError()
    }
    return (process, ends[0])
}

/// Kills a process and waits for its end.
func end(_ process: pid_t) {
    // Dispatch's threads block the other signals, and children inherit that.
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
}

private func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
    unsafe Glibc.write(file, bytes.baseAddress, bytes.count)
    #else
    unsafe Darwin.write(file, bytes.baseAddress, bytes.count)
    #endif
}
