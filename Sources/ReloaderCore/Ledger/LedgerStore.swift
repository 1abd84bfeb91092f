import KubeClient
import Logging

/// Reads and writes the ConfigMaps of a ledger: `get`, `create` and `update`, as installations grant for the ConfigMap
/// `reloader-meta-info`.
struct LedgerStore: Sendable {
    let client: KubeClient
    let options: LedgerOptions
    let ignoreKey: String
    var makeSalt: @Sendable () -> LedgerSalt = LedgerSalt.random
    let logger: Logger

    /// There is a ConfigMap of the name that is no ledger, or one of a later version.
    struct Foreign: Error, CustomStringConvertible {
        let key: ObjectKey
        var description: String { "ConfigMap \(key) is not a ledger that this version can read" }
    }

    /// The ConfigMap of a part; the first has no number.
    func key(_ part: Int) -> ObjectKey {
        ObjectKey(namespace: options.namespace, name: part == 0 ? options.name : "\(options.name)-\(part + 1)")
    }

    /// Reads every part; none when there is no ledger yet.
    func load() async throws -> [LedgerPart] {
        var parts: [LedgerPart] = []
        while true {
            do {
                guard let part = try await read(parts.count) else { return parts }
                parts.append(part)
            } catch let error as KubeError where error.isForbidden && !parts.isEmpty {
                // Rights may be given for the names of some.
                return parts
            }
        }
    }

    /// Reads one part; nil when there is none.
    func read(_ part: Int) async throws -> LedgerPart? {
        let document: LedgerDocument
        do throws(KubeError) {
            document = try await client.resource(.configMaps, as: LedgerDocument.self).get(key(part))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        let (result, problem) = document.part(newSalt: makeSalt)
        if case .damaged(let count) = problem {
            logger.warning(
                "\(count) lines of ConfigMap \(key(part)) cannot be read; their configs count as seen for the first time"
            )
        }
        guard let result else { throw Foreign(key: key(part)) }
        return result
    }

    /// Writes one part, if nobody else has since it was read; returns its new version.
    func write(_ part: LedgerPart, _ number: Int) async throws(KubeError) -> ResourceVersion {
        let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
        let body = LedgerDocument.body(of: part, at: key(number), ignoreKey: ignoreKey)
        if part.version == nil {
            return try await configMaps.create(body, in: .namespace(options.namespace), .reload).resourceVersion
        }
        return try await configMaps.replace(key(number), with: body, .reload).resourceVersion
    }
}
