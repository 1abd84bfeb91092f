import KubeClient

extension ServerState {
    /// GET of one object or of a subresource.
    func get(_ context: RequestContext) throws(APIFailure) -> ServerOutcome {
        if let text = context.request.parameter("resourceVersion"), !text.isEmpty, text != "0" {
            // A GET answers 500 where a list answers 400.
            guard let wanted = UInt64(text) else {
                throw .unclassified(Self.invalidVersionMessage(text))
            }
            guard wanted <= version else { return try awaiting(wanted, context) }
        }
        guard let object = current(context) else {
            throw .notFound(context.kind.storedResource, name: context.name)
        }
        if context.attributes.subresource == "log" { return .response(.text(log(context))) }
        let json = context.isScale ? scale(of: object.json, context.kind) : object.json
        return .response(try context.form.response(json, kind: context.kind, now: now))
    }

    /// What a pod wrote, whole or its last lines; nothing is followed.
    private func log(_ context: RequestContext) -> String {
        let lines = podLogs(context.key)
        let count = context.request.parameter("tailLines").flatMap { Int($0) } ?? lines.count
        return lines.suffix(max(0, count)).map { $0 + "\n" }.joined()
    }

    /// Waits for a version that is not there yet, or fails when that has been tried.
    func awaiting(_ wanted: UInt64, _ context: RequestContext) throws(APIFailure) -> ServerOutcome {
        guard !context.hasWaited else { throw .resourceVersionTooLarge(requested: wanted, current: version) }
        return .awaitVersion(wanted)
    }

    static func invalidVersionMessage(_ text: String) -> String {
        "resourceVersion: Invalid value: \(goQuoted(text)): strconv.ParseUint: parsing \(goQuoted(text)): invalid syntax"
    }
}
