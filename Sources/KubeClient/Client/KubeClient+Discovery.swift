extension KubeClient {
    /// Whether the server serves a resource, going by its discovery document, which every account may read.
    ///
    /// One small GET. Unlike a refused list it tells a resource that is missing from one that is forbidden: the server
    /// looks at the rights first, so an account without rights gets 403 for what does not exist as well.
    /// Source: APIResourceList.
    package func serves(_ resource: APIResource) async throws(KubeError) -> Bool {
        let request = HTTPRequest(
            .get, resource.versionPath, headers: [("Accept", "application/json")], timeout: .seconds(32))
        var what = RequestDescription("discover", resource, in: .all)
        what.target = ""
        do throws(KubeError) {
            return try await exchange(request, what, into: ObjectBody<ServedNames>()).names.contains(resource.plural)
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }
}

/// What a discovery document of one group version names.
private struct ServedNames: KubeDecodable {
    var names: Set<String> = []

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard name == "resources" else { return }
            try reader.forEachElementIfArray { (reader) throws(JSONError) in
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "name" { names.insert(try reader.stringOrEmpty()) }
                }
            }
        }
    }
}
