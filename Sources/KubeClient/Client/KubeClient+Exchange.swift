import Logging

extension KubeClient {
    /// Performs one request and hands the body of a good answer to `body`; any other answer is thrown as an error.
    ///
    /// Refusals that name a time to wait are repeated as ``RetryPolicy`` says; a lost connection is repeated only for
    /// reads whose body can be taken again from the start, because a write may have been applied.
    func exchange<Body: ResponseBody>(
        _ request: HTTPRequest, _ what: RequestDescription, retrying: Bool = true, into body: Body
    ) async throws(KubeError) -> Body.Output {
        var attempts = RetryStateMachine(policy: retry, repeatsLostConnections: request.method == .get)
        while true {
            do throws(KubeError) {
                return try await attempt(request, what, into: body)
            } catch {
                guard retrying, let delay = attempts.failed(error) else { throw attempts.final(error) }
                logger.debug("\(what): \(error.message); next try in \(delay)")
                metrics.retried(request.method, code: error.status?.code)
                do { try await clock.sleep(for: delay) } catch { throw KubeError(.cancelled, "\(what) was cancelled") }
            }
        }
    }

    private func attempt<Body: ResponseBody>(
        _ request: HTTPRequest, _ what: RequestDescription, into body: Body
    ) async throws(KubeError) -> Body.Output {
        // Before the time that the server has begins to run: that it took long to begin is not its fault.
        if let gate, request.channel == .requests {
            do throws(CancellationError) {
                metrics.held(request.method, for: try await gate.pass())
            } catch {
                throw KubeError(.cancelled, "\(what) was cancelled")
            }
        }
        let start = ContinuousClock.now
        let answer = Answer(what, body: body)
        let trace = RequestTrace(request, what, logger: logger)
        let span = tracing?(what.description)
        var request = request
        if let traceparent = span?.traceparent { request.headers.append(("traceparent", traceparent)) }
        func ended(_ error: KubeError?) {
            let (head, duration) = (answer.head, ContinuousClock.now - start)
            metrics.answered(request.method, code: head?.status)
            // A watch lasts as long as it lasts.
            if what.verb != "watch" {
                metrics.took(request.method, duration)
                metrics.carried(
                    request.method, sent: request.body?.count ?? 0, received: head == nil ? nil : answer.size)
            }
            trace?.ended(head, in: duration)
            span?.end(head?.status, error)
            if let head { warnings.record(head, logger: logger) }
        }
        do throws(KubeError) {
            try await transport.perform(request, deliveringTo: answer)
            let output = try answer.finish()
            ended(nil)
            return output
        } catch {
            let error = error.code == .status || error.code == .decoding ? error : error.describing(what)
            ended(error)
            throw error
        }
    }
}

extension Duration {
    /// Whole nanoseconds, saturating.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ attoseconds / 1_000_000_000
    }
}

extension KubeError {
    /// The same error, saying which request failed.
    func describing(_ what: RequestDescription) -> KubeError {
        var error = self
        error.message = "\(what): \(message)"
        return error
    }
}
