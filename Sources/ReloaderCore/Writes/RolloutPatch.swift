import KubeClient

/// Patches an Argo Rollout: its template, or `spec.restartAt` where its annotation says `restart`.
///
/// Custom resources know no strategic merge. Variables are therefore written by a JSON patch whose operations test what
/// they rely on, made from the object as it is at this moment; nothing else of the object is sent.
struct RolloutPatch: WorkloadWriter {
    // The object changed between reading and writing; the next reading sees it.
    private static let pause = Duration.milliseconds(50)

    let client: KubeClient
    let keys: AnnotationKeys
    let wallClock: @Sendable () -> Timestamp

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        let subject = try await client.subject(workload.key)
        guard let subject, subject.workload.templateOwner != nil else { return subject }
        return subject.borrowing(workload.template)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        guard let write, let object = subject.object else { return .done }
        let resource = client.resource(write.workload.kind.resource, as: ObjectMetadata.self)
        do throws(KubeError) {
            let written = try await resource.patch(write.workload.object, patch(write, subject, object), .reload)
            return .written(written.resourceVersion)
        } catch {
            if error.isNotFound { return .gone }
            // The answer to a failed test does not say so; a changed object does.
            guard error.isInvalid else { throw error }
            guard let newer = try await client.subject(write.workload) else { return .gone }
            guard newer.workload.generation == subject.workload.generation else { return .again(after: Self.pause) }
            throw error
        }
    }

    private func patch(_ write: ReloadWrite, _ subject: ReloadSubject, _ object: UnstructuredObject) -> Patch {
        let path = write.workload.kind.templatePath
        // What has no template of its own can only be restarted.
        if subject.workload.isRestarted(keys) || subject.workload.templateOwner != nil { return .merge(restart(write)) }
        switch write.mutation {
        case .annotation(let key, let value): return .merge(TemplateMutation.merge(annotation: key, value, at: path))
        case .markers(let markers): return .json(Self.operations(markers, on: object, at: path))
        }
    }

    /// The template stays as it is, so what the restart is for is recorded on the object.
    private func restart(_ write: ReloadWrite) -> [UInt8] {
        let now = wallClock()
        var json = JSONWriter()
        json.object { json in
            if let newest = write.changes.last {
                let record = LastReload(
                    config: newest.config, fingerprint: newest.recordedFingerprint,
                    container: write.containers.last ?? "", observedAt: Int(now.seconds))
                json.name("metadata")
                json.nested(["annotations"]) { $0.field(keys.lastReloadedFrom, record.annotation) }
            }
            json.object("spec") { $0.field("restartAt", now.rfc3339) }
        }
        return json.bytes
    }

    /// The operations that set and remove variables: first those that move nothing, then removals from the back, then what
    /// goes to the end.
    static func operations(
        _ markers: [TemplateMutation.Marker], on object: UnstructuredObject, at path: [String]
    ) -> [UInt8] {
        let containers = JSONPointer(path + ["spec", "containers"])
        var json = JSONWriter()
        json.array { json in
            for index in Set(markers.map(\.containerIndex)).sorted() {
                let container = containers.appending("\(index)")
                let group = markers.filter { $0.containerIndex == index }
                guard let name = group.first?.container else { continue }
                json.operation("test", container.appending("name")) { $0.field("value", name) }
                let environment = object[at: container.appending("env")]?.array
                write(group, to: container.appending("env"), environment, object.generation, &json)
            }
        }
        return json.bytes
    }

    private static func write(
        _ markers: [TemplateMutation.Marker], to path: JSONPointer, _ environment: [JSONValue]?, _ generation: Int?,
        _ json: inout JSONWriter
    ) {
        func entry(_ marker: TemplateMutation.Marker) -> JSONValue {
            ["name": .string(marker.name), "value": .string(marker.value ?? "")]
        }
        guard let environment else {
            let entries = markers.filter { $0.value != nil }.map(entry)
            guard !entries.isEmpty else { return }
            // No test can say that there is no list, and a list that came meanwhile would be replaced.
            if let generation { json.operation("test", "/metadata/generation") { $0.field("value", generation) } }
            return json.operation("add", path) { $0.field("value", .array(entries)) }
        }
        let placed = markers.map { marker in (marker, environment.firstIndex { $0["name"]?.string == marker.name }) }
        for case (let marker, let index?) in placed where marker.value != nil {
            let place = path.appending("\(index)")
            json.operation("test", place.appending("name")) { $0.field("value", marker.name) }
            json.operation("replace", place) { $0.field("value", entry(marker)) }
        }
        let removals = placed.compactMap { marker, index in marker.value == nil ? index.map { (marker, $0) } : nil }
        for (marker, index) in removals.sorted(by: { $0.1 > $1.1 }) {
            let place = path.appending("\(index)")
            json.operation("test", place.appending("name")) { $0.field("value", marker.name) }
            json.operation("remove", place)
        }
        for case (let marker, nil) in placed where marker.value != nil {
            json.operation("add", path.appending("-")) { $0.field("value", entry(marker)) }
        }
    }
}

extension UnstructuredObject {
    fileprivate var generation: Int? { self[at: "/metadata/generation"]?.int }
}
