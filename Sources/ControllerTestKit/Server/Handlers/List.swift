import KubeClient

extension ServerState {
    /// GET of a collection: one page of one snapshot.
    func list(_ context: RequestContext) throws(APIFailure) -> ServerOutcome {
        let parameters = try ListParameters(context.request, isWatch: false)
        let filter = try ObjectFilter(context)
        if let wanted = parameters.version, wanted > version { return try awaiting(wanted, context) }
        let collection = collection(context.kind.collection)
        let prefix = context.kind.resource.isNamespaced && !context.namespace.isEmpty ? "\(context.namespace)/" : ""
        let start = prefix + (parameters.continuation?.start ?? "")
        let (snapshot, listVersion) = try self.snapshot(of: collection, parameters)
        // The watch cache, which answers version 0, has no pages.
        let limit = parameters.version == 0 ? 0 : max(0, parameters.limit)

        // The first key behind those with the prefix: "0" comes after "/".
        let end = prefix.isEmpty ? snapshot.keys.count : snapshot.position(of: "\(prefix.dropLast())0")
        var items: [StoredObject] = []
        var position = snapshot.position(of: start)
        while position < end, limit == 0 || items.count < limit {
            if let object = snapshot.objects[snapshot.keys[position]], filter.matches(object) { items.append(object) }
            position += 1
        }
        // Whether something is left that the selectors pick is not looked at: the last page may be empty.
        let hasMore = position < end

        var metadata = JSONObject()
        metadata["resourceVersion"] = .string(String(listVersion))
        if hasMore, let last = items.last {
            let lastKey = context.kind.address(of: last.key).key
            let token = ContinueToken(version: listVersion, start: String(lastKey.dropFirst(prefix.count)) + "\u{0}")
            metadata["continue"] = .string(token.text)
            if filter.isTrivial { metadata["remainingItemCount"] = .int(end - position) }
        }
        return .response(
            try context.form.response(
                items: items, metadata: metadata, kind: context.kind, now: now))
    }

    private func snapshot(
        of collection: ObjectCollection, _ parameters: ListParameters
    ) throws(APIFailure) -> (ObjectCollection.Snapshot, UInt64) {
        if let continuation = parameters.continuation {
            guard let wanted = continuation.version else { return (collection.current, version) }
            guard let snapshot = collection.snapshot(at: wanted) else {
                throw .continueExpired(continueToken: ContinueToken(version: nil, start: continuation.start).text)
            }
            return (snapshot, wanted)
        }
        guard parameters.match == "Exact", let wanted = parameters.version else {
            return (collection.current, version)
        }
        guard let snapshot = collection.snapshot(at: wanted) else { throw .expired() }
        return (snapshot, wanted)
    }
}
