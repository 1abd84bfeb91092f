import KubeClient
import Logging
import ServiceLifecycle

/// Checks permissions once, as soon as the server can be asked, and says what is missing.
struct PermissionCheck: Service {
    let checker: PermissionChecker
    let rules: [PermissionRule]
    /// Whether something required that is missing ends the program.
    let stopsIfMissing: Bool
    let timeline: Timeline
    let logger: Logger

    func run() async throws {
        do {
            try await cancelledByShutdown {
                try await check()
                // One that returned while others shut down would end the program with an error.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down before the server could be asked.
            return
        }
        // One that ended while others are shutting down would count as a failure of the group.
        try await untilShutdown()
    }

    private func check() async throws {
        var backoff = ReflectorBackoff()
        var rng = SystemRandomNumberGenerator()
        while true {
            let report = try await checker.check(rules)
            guard let failure = report.failure, failure.status == nil || failure.isServerError else {
                return try tell(report)
            }
            logger.debug("permissions cannot be checked yet", metadata: ["error": "\(failure)"])
            try await timeline.sleep(
                for: backoff.next(atLeast: failure.status?.retryAfterSeconds, using: &rng))
        }
    }

    private func tell(_ report: PermissionReport) throws {
        if !report.missing.isEmpty {
            let isFatal = stopsIfMissing && !report.missingRequired.isEmpty
            if isFatal { throw MissingPermissions(report: report) }
            logger.log(level: report.missingRequired.isEmpty ? .warning : .error, "\(report)")
        } else if let failure = report.failure {
            logger.info("permissions cannot be checked", metadata: ["error": "\(failure)"])
        } else {
            logger.debug("every permission is granted", metadata: ["rules": "\(rules.count)"])
        }
    }
}
