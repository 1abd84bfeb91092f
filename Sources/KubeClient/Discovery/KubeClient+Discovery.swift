import Synchronization

extension KubeClient {
    /// Asks the server what kinds of objects it has.
    ///
    /// Two requests where the server knows aggregated discovery (Kubernetes 1.27 and newer), else one for each version of each group.
    /// A group whose own server is down does not fail the rest: see ``APICatalogue/failures``. The answer is kept and given again
    /// until it is older than `maxAge`; `.zero` always asks.
    public func discover(maxAge: Duration = .seconds(600)) async throws(KubeError) -> APICatalogue {
        try await discovery.catalogue(maxAge: maxAge) { () async -> Result<APICatalogue, KubeError> in
            do throws(KubeError) {
                return .success(try await askForCatalogue())
            } catch {
                return .failure(error)
            }
        }
    }

    /// Whether the server serves a resource, going by its discovery document, which every account may read.
    ///
    /// One small GET. Unlike a refused list it tells a resource that is missing from one that is forbidden: the server
    /// looks at the rights first, so an account without rights gets 403 for what does not exist as well.
    /// Source: APIResourceList.
    package func serves(_ resource: APIResource) async throws(KubeError) -> Bool {
        do throws(KubeError) {
            return try await document(resource.versionPath).entries.contains {
                $0.resource.plural == resource.plural
            }
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private func askForCatalogue() async throws(KubeError) -> APICatalogue {
        let accept =
            ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
            .joined(separator: ",") + ",application/json"
        var versions = try await document("/api", accept).versions
        versions += try await document("/apis", accept).versions
        var failures: [String: KubeError] = [:]
        for version in versions where version.isStale {
            failures[version.apiVersion] = KubeError(
                .transport, "discover \(version.apiVersion): its server did not answer the API server lately")
        }
        let answers = await classicEntries(of: versions.filter { $0.entries == nil })
        var entries: [APICatalogue.Entry] = []
        for version in versions {
            if let known = version.entries {
                entries += known
                continue
            }
            switch answers[version.apiVersion] {
            case .success(let found)?: entries += found.map { $0.inVersion(version) }
            case .failure(let error)?:
                if error.code == .cancelled { throw error }
                failures[version.apiVersion] = error
            case nil: break
            }
        }
        return APICatalogue(entries: entries, failures: failures)
    }

    /// The resources of each version, a few requests at a time.
    private func classicEntries(
        of versions: [DiscoveryDocument.Version]
    ) async -> [String: Result<[APICatalogue.Entry], KubeError>] {
        await withTaskGroup(of: (String, Result<[APICatalogue.Entry], KubeError>).self) { group in
            var answers: [String: Result<[APICatalogue.Entry], KubeError>] = [:]
            for (position, version) in versions.enumerated() {
                if position >= 8, let (name, answer) = await group.next() { answers[name] = answer }
                group.addTask {
                    do throws(KubeError) {
                        return (version.apiVersion, .success(try await document(version.path).entries))
                    } catch {
                        return (version.apiVersion, .failure(error))
                    }
                }
            }
            for await (name, answer) in group { answers[name] = answer }
            return answers
        }
    }

    private func document(
        _ path: String, _ accept: String = "application/json"
    ) async throws(KubeError) -> DiscoveryDocument {
        try await exchange(
            HTTPRequest(.get, path, headers: [("Accept", accept)], timeout: .seconds(32)),
            RequestDescription("discover", path: path), into: ObjectBody())
    }
}

/// The last catalogue of a client; asked for once however many want it.
final class DiscoveryCache: Sendable {
    private let timeline: Timeline
    private let kept = Mutex<(catalogue: APICatalogue, at: Duration)?>(nil)
    private let flight = SingleFlight<APICatalogue>()

    init(_ clock: any Clock<Duration>) { timeline = Timeline(clock) }

    func catalogue(
        maxAge: Duration, _ ask: @Sendable () async -> Result<APICatalogue, KubeError>
    ) async throws(KubeError) -> APICatalogue {
        let recent = kept.withLock { kept in
            kept.flatMap { timeline.now - $0.at < maxAge ? $0.catalogue : nil }
        }
        if let recent { return recent }
        return try await flight.run { [self] in
            let began = timeline.now
            let answer = await ask()
            if case .success(let catalogue) = answer { kept.withLock { $0 = (catalogue, began) } }
            return answer
        }
    }
}
