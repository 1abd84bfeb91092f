import KubeClient
import Logging

/// The log lines of a reflector: debug for requests, a warning for each failed attempt.
///
/// Of the attempts that do not reach the server, only some are warnings: see ``OutageThrottle``.
struct ReflectorLog: Sendable {
    private let logger: Logger
    private let resource: APIResource
    private let mayBeMissing: Bool
    private let outages: OutageThrottle

    init(_ logger: Logger, resource: APIResource, scope: Scope, mayBeMissing: Bool, outages: OutageThrottle) {
        var logger = logger
        logger[metadataKey: "resource"] = "\(resource.qualifiedName)"
        if case .namespace(let namespace) = scope { logger[metadataKey: "namespace"] = "\(namespace)" }
        self.logger = logger
        self.resource = resource
        self.mayBeMissing = mayBeMissing
        self.outages = outages
    }

    func list(_ request: ReflectorStateMachine.ListRequest) {
        logger.debug("listing", metadata: ["consistency": "\(request.consistency)", "limit": "\(request.limit ?? 0)"])
    }

    func watch(_ request: ReflectorStateMachine.WatchRequest) {
        logger.debug("watching", metadata: ["start": "\(request.start)", "timeout": "\(request.timeout)"])
    }

    func replaced(count: Int, at version: ResourceVersion?) {
        let version = version?.rawValue ?? ""
        logger.debug("list complete", metadata: ["objects": "\(count)", "resourceVersion": "\(version)"])
    }

    func withoutFieldSelector(_ selector: String, _ error: KubeError) {
        logger.warning(
            "the server refuses the field selector '\(selector)' for \(resource.qualifiedName); all of them are read",
            metadata: ["error": "\(error)"])
    }

    func isBack() { logger.info("\(resource.qualifiedName) can be read again") }

    func stillStreaming(count: Int) {
        logger.debug("the streaming list is not complete yet", metadata: ["objects": "\(count)"])
    }

    func abandoned() { logger.debug("the streaming list does not come; asking for a plain one") }

    func pause(_ pause: ReflectorStateMachine.Pause) {
        let wait = Self.seconds(pause.duration)
        switch pause.reason {
        case .failure(let error, let attempt):
            let isOutage = error.status == nil && (error.code == .transport || error.code == .timeout)
            logger.log(
                level: isOutage && !outages.permitsLine() ? .debug : .warning,
                "\(sentence(error, isOutage)) (attempt \(attempt), next try in \(wait))")
        case .shortWatch(let attempt):
            logger.warning(
                """
                the watch of \(resource.qualifiedName) ended at once, without an event: does a proxy end watches? \
                (attempt \(attempt), next try in \(wait))
                """)
        case .expired: logger.info("the watch was too far behind; listing again in \(wait)")
        case .spread(let error):
            logger.debug("the watch ended early; on again in \(wait)", metadata: error.map { ["error": "\($0)"] })
        case .unavailable(let error, isNews: true) where mayBeMissing && error.isNotFound:
            logger.info("\(resource.qualifiedName) is not served here; looked for every \(wait)")
        case .unavailable(let error, isNews: true):
            let remedy =
                error.isForbidden
                ? "grant list and watch on \(resource.qualifiedName)" : "the server has no such resource"
            logger.warning(
                "\(resource.qualifiedName) is off: \(remedy); tried again every \(wait)",
                metadata: ["error": "\(error)"])
        case .unavailable(let error, isNews: false):
            logger.debug("\(resource.qualifiedName) is still off", metadata: ["error": "\(error)"])
        }
    }

    private func sentence(_ error: KubeError, _ isOutage: Bool) -> String {
        let text = error.description
        guard isOutage else { return "reading \(resource.qualifiedName) failed: \(text)" }
        return text.hasPrefix("cannot reach the API server") ? text : "cannot reach the API server: \(text)"
    }

    /// `1.6 s`.
    static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = (seconds * 10) + (attoseconds + 50_000_000_000_000_000) / 100_000_000_000_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
