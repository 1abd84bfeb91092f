import ControllerKit
import KubeClient
import Logging

/// Tells the endpoint what changed; whoever fails for a moment is asked again until it has taken the message.
struct WebhookReconciler: Reconciler {
    typealias Key = ConfigKey

    /// How long one exchange may take.
    static let timeout = Duration.seconds(5)

    let coordinator: WebhookCoordinator
    let endpoint: EndpointURL
    let poster: any HTTPPoster
    let logger: Logger

    func reconcile(_ key: ConfigKey, _ context: ReconcileContext) async throws -> Outcome {
        guard await coordinator.waitUntilReady() else { return .again(after: .zero) }
        let (next, content) = coordinator.next(for: key)
        switch next {
        case .nothing, .restored: return .done
        case .wait(let delay): return .again(after: delay)
        case .send(let event):
            try await send(WebhookMessage(config: key, event: event))
            coordinator.settle(key, told: content)
            return .done
        }
    }

    private func send(_ message: WebhookMessage) async throws {
        logger.info(
            "\(ReloadMessage.detected([message.config])), Sending webhook to '\(endpoint)'",
            metadata: ["event": "\(message.event.rawValue)"])
        do {
            let answer = try await poster.post(message.body, contentType: "application/json")
            try report(answer, to: message)
        } catch {
            // The controller tells the failure and when it will try again.
            if !Task.isCancelled { coordinator.metrics.calledWebhook(.error) }
            if !isRefusal(error) { coordinator.doubt(message.config) }
            throw error
        }
    }

    /// Whether the endpoint has certainly not taken a message.
    private func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case let error as WebhookRefusal: error.status < 500 || error.status == 503
        case HTTPPostError.failed(let kind): kind.isBeforeAnyConnection
        default: false
        }
    }

    /// Throws when another attempt may help; what will be refused for ever is told and given up.
    private func report(_ answer: HTTPPostAnswer, to message: WebhookMessage) throws(WebhookRefusal) {
        switch answer.status {
        case 200..<300:
            coordinator.metrics.calledWebhook(.success)
            let text = String(decoding: answer.body, as: UTF8.self).shortened(to: 1000)
            if !text.isEmpty { logger.info("\(text)") }
        case 408, 425, 429, 500...: throw WebhookRefusal(endpoint: endpoint, status: answer.status)
        default:
            coordinator.metrics.calledWebhook(.error)
            let reason = (300..<400).contains(answer.status) ? "redirects are not followed" : "given up"
            logger.error(
                "Webhook for \(message.config) was refused by '\(endpoint)' with status \(answer.status); \(reason)")
        }
    }
}

/// A status that may be another one next time.
struct WebhookRefusal: Error, CustomStringConvertible {
    var endpoint: EndpointURL
    var status: Int
    var description: String { "'\(endpoint)' answered the webhook with status \(status)" }
}
