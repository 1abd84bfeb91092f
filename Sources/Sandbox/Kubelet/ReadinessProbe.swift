import KubeClient

/// A container's readiness probe; only `httpGet` is played, anything else counts as ready.
struct ReadinessProbe: Hashable, Sendable {
    /// The path to ask for; nil when the container has no HTTP probe.
    var path: String?
    /// How often to ask a container that is ready.
    var period: Duration

    init(of container: JSONValue) {
        let probe = container.at("readinessProbe")
        path = probe?.at("httpGet").map { $0.at("path")?.string ?? "/" }
        period = .seconds(probe?.at("periodSeconds")?.int ?? 10)
    }

    /// Whether the container is ready now.
    func isReady(port: Int) async -> Bool {
        guard let path else { return true }
        guard let answer = try? await HTTPGet.get(port: port, path: path) else { return false }
        return (200..<400).contains(answer.status)
    }

    /// How long to wait before asking again: a container that is not ready yet is asked often, so that nobody waits.
    func pause(isReady: Bool) -> Duration { isReady ? period : min(period, .milliseconds(200)) }
}
