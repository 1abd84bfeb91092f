#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Compares Reloader with another program; `make compare` says how.
@main struct Main {
    static func main() async {
        let options: CompareOptions
        do { options = try CompareOptions(Array(CommandLine.arguments.dropFirst())) } catch {
            tell("\(error)\n`make compare` alone says how it goes.")
            exit(2)
        }
        do {
            let table = try await Comparison(options: options, progress: tell).run()
            print("\n\(table)\n\nmedians of \(options.size.rounds) runs each, in turn on one API server")
        } catch {
            tell("\(error)")
            exit(1)
        }
    }

    /// A line for people, beside the table.
    private static func tell(_ text: String) {
        let bytes = Array("\(text)\n".utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }
}
