import Sandbox

extension ReloaderProcess {
    private struct NoAddress: Error {}

    /// The port that the system chose for `--listen-address=127.0.0.1:0`, from the log.
    private var port: Int {
        get async throws {
            let text = await line { $0.contains("address=") }?.split(separator: "127.0.0.1:").last
            guard let port = text.flatMap({ Int($0.prefix { $0.isNumber }) }) else { throw NoAddress() }
            return port
        }
    }

    /// Asks its own endpoint.
    package func get(_ path: String) async throws -> (status: Int, body: String) {
        let answer = try await HTTPGet.get(port: port, path: path, timeout: .seconds(30))
        return (answer.status, answer.body)
    }

    /// Waits until it says that it is.
    package func untilReady() async throws {
        // Nothing tells when another process is ready, and asking without a pause would slow it down.
        while try await get("/ready").status != 200 { try await Task.sleep(for: .milliseconds(5)) }
    }
}
