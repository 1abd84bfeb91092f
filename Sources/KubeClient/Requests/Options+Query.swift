extension ListOptions {
    /// The options as query items.
    var query: [(name: String, value: String)] {
        var items = selectorQuery(labelSelector, fieldSelector)
        if let limit { items.append(("limit", String(limit))) }
        if let continueToken {
            // The token carries the version; the server refuses both together.
            items.append(("continue", continueToken))
            return items
        }
        switch consistency {
        case .mostRecent: break
        case .any: items.append(("resourceVersion", ResourceVersion.any.rawValue))
        case .notOlderThan(let version):
            items += [("resourceVersion", version.rawValue), ("resourceVersionMatch", "NotOlderThan")]
        case .exact(let version):
            items += [("resourceVersion", version.rawValue), ("resourceVersionMatch", "Exact")]
        }
        return items
    }
}

extension WatchOptions {
    /// The options as query items.
    var query: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = [("watch", "true"), ("allowWatchBookmarks", "true")]
        items += selectorQuery(labelSelector, fieldSelector)
        items.append(("timeoutSeconds", String(timeout.components.seconds)))
        switch start {
        case .mostRecent: break
        case .after(let version): items.append(("resourceVersion", version.rawValue))
        case .initialEvents(let version):
            items += [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")]
            if let version { items.append(("resourceVersion", version.rawValue)) }
        }
        return items
    }
}

extension WriteOptions {
    /// The options as query items.
    var query: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if let fieldManager { items.append(("fieldManager", fieldManager)) }
        if dryRun { items.append(("dryRun", "All")) }
        if let fieldValidation { items.append(("fieldValidation", fieldValidation)) }
        return items
    }
}

extension DeleteOptions {
    /// Whether the document says nothing.
    var areDefaults: Bool {
        propagation == nil && uid == nil && resourceVersion == nil && gracePeriodSeconds == nil && !dryRun
    }

    /// The options as a `DeleteOptions` document.
    ///
    /// All of them: beside a document the server does not look at the query.
    var body: [UInt8] {
        var document = JSONObject()
        document["kind"] = .string("DeleteOptions")
        document["apiVersion"] = .string("v1")
        if let gracePeriodSeconds { document["gracePeriodSeconds"] = .number(String(gracePeriodSeconds)) }
        if let propagation { document["propagationPolicy"] = .string(propagation.rawValue) }
        var preconditions = JSONObject()
        if let uid { preconditions["uid"] = .string(uid) }
        if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion.rawValue) }
        if dryRun { document["dryRun"] = ["All"] }
        if !preconditions.members.isEmpty { document["preconditions"] = .object(preconditions) }
        return JSONValue.object(document).bytes
    }
}

extension Patch {
    /// The media type that tells the server how to read the body.
    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategicMerge: "application/strategic-merge-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    /// The bytes to send.
    var body: [UInt8] {
        switch self {
        case .json(let body), .merge(let body), .strategicMerge(let body), .apply(let body, _): body
        }
    }
}

private func selectorQuery(_ labels: String?, _ fields: String?) -> [(name: String, value: String)] {
    var items: [(name: String, value: String)] = []
    if let labels { items.append(("labelSelector", labels)) }
    if let fields { items.append(("fieldSelector", fields)) }
    return items
}
