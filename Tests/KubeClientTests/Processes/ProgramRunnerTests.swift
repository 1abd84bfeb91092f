import Testing

@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct ProgramRunnerTests {
    private func shell(
        _ script: String, environment: [String: String] = [:], isInteractive: Bool = false,
        timeout: Duration = .seconds(30)
    ) async throws(Program.Failure) -> Program.Outcome {
        try await ProgramRunner.system.run(
            Program(
                file: "sh", arguments: ["-c", script], environment: environment, isInteractive: isInteractive,
                timeout: timeout))
    }

    @Test func `output and diagnostics are kept apart, and the code is told`() async throws {
        let outcome = try await shell("echo out; echo err >&2; exit 3")
        #expect(outcome.ending == .exited(3))
        #expect(outcome.output == Array("out\n".utf8))
        #expect(outcome.diagnostics == Array("err\n".utf8))
    }

    @Test func `arguments and variables arrive as they are, and the rest of the environment too`() async throws {
        let outcome = try await ProgramRunner.system.run(
            Program(
                file: "/bin/sh", arguments: ["-c", #"printf '%s|%s|%s' "$1" "$X" "${PATH:+path}""#, "sh", "a b\n\"c"],
                environment: ["X": "é=1"]))
        #expect(String(decoding: outcome.output, as: UTF8.self) == "a b\n\"c|é=1|path")
    }

    @Test func `a variable that is there already is replaced`() async throws {
        let outcome = try await shell(#"printf %s "$HOME"; env | grep -c '^HOME='"#, environment: ["HOME": "/x"])
        #expect(String(decoding: outcome.output, as: UTF8.self) == "/x1\n")
    }

    @Test func `output of more than a pipe holds arrives whole`() async throws {
        let outcome = try await shell("head -c 300000 /dev/zero")
        #expect(outcome.output.count == 300_000)
    }

    @Test func `of long diagnostics the end is kept`() async throws {
        let outcome = try await shell("head -c 100000 /dev/zero >&2; echo the end >&2; exit 1")
        #expect(outcome.diagnostics.count == 4096)
        #expect(String(decoding: outcome.diagnostics, as: UTF8.self).hasSuffix("the end\n"))
    }

    @Test func `output without end is cut off`() async {
        await #expect(throws: Program.Failure.tooMuchOutput) { try await shell("exec yes") }
    }

    @Test func `a program that does not exist says so`() async {
        await #expect(throws: Program.Failure.notStarted(ENOENT)) {
            try await ProgramRunner.system.run(Program(file: "no-such-program-\(getpid())"))
        }
    }

    @Test func `a signal is told`() async throws {
        #expect(try await shell("kill -TERM $$").ending == .signalled(SIGTERM))
    }

    @Test func `a program that hangs is killed with its children`() async throws {
        // The children hold the pipe open: were they not killed, somebody who reads to its end would wait for a minute.
        await #expect(throws: Program.Failure.timedOut) {
            try await shell("sleep 60 & sleep 60", timeout: .milliseconds(200))
        }
    }

    @Test func `children that stay behind do not hold up the result`() async throws {
        let outcome = try await shell("sleep 600 & echo $!", timeout: .seconds(500))
        let child = try #require(pid_t(String(decoding: outcome.output.dropLast(), as: UTF8.self)))
        // It lives, and holds the pipe open, and yet the result is here.
        #expect(kill(child, SIGKILL) == 0)
    }

    @Test func `cancelling the task kills the program`() async throws {
        await withTaskGroup(of: Program.Failure?.self) { group in
            group.addTask {
                do throws(Program.Failure) {
                    _ = try await shell("exec sleep 60", timeout: .seconds(50))
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            #expect(await group.next() == .cancelled)
        }
    }

    @Test func `standard input is empty unless the program may talk to a person`() async throws {
        #expect(try await shell("cat; echo end").output == Array("end\n".utf8))
    }

    @Test func `nothing of this process is inherited but the standard streams`() async throws {
        // Without close-on-exec, as libcurl's and other libraries' sockets may be.
        let leaked = unsafe open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        let outcome = try await shell("[ -e /dev/fd/\(leaked) ] && echo leaked || echo clean")
        #expect(String(decoding: outcome.output, as: UTF8.self) == "clean\n")
    }

    @Test func `signals that this process blocks or ignores are as usual for the program`() async throws {
        let outcome = try await shell("kill -PIPE $$; echo survived")
        #expect(outcome.ending == .signalled(SIGPIPE))
    }
}
