#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Plays a small cluster on this machine; see ``SandboxOptions/help``.
@main struct Main {
    static func main() async {
        let environment = Dictionary(
            uniqueKeysWithValues: ["DEMO", "NO_COLOR", "PATH", "TMPDIR"].compactMap { name in
                variable(name).map { (name, $0) }
            })
        switch SandboxOptions.parse(Array(CommandLine.arguments.dropFirst()), environment: environment) {
        case .help: print(SandboxOptions.help, terminator: "")
        case .unusable(let reason): end(SandboxError("\(reason)\nSandbox --help explains the flags."))
        case .run(let options):
            do throws(SandboxError) {
                exit(try await Sandbox(options: options, environment: environment).run())
            } catch {
                end(error)
            }
        }
    }

    private static func end(_ error: SandboxError) -> Never {
        var text = "\(error)\n"
        text.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(error.status)
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
