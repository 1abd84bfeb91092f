import KubeClient

/// The patches that pause and resume a Deployment, byte by byte those of v1.4.21.
enum PausePatch {
    /// Pauses, and says since when.
    static func pause(at time: Timestamp, _ keys: AnnotationKeys) -> Patch {
        // Whole seconds, rounded up: a pause is not shorter than its period.
        let start = time.nanoseconds > 0 ? Timestamp(seconds: time.seconds + 1) : time
        return patch(keys, isPaused: true) { $0.string(start.rfc3339) }
    }

    /// Resumes, and takes the time away.
    static func resume(_ keys: AnnotationKeys) -> Patch { patch(keys, isPaused: false) { $0.null() } }

    /// Takes the time away from a Deployment that is not paused.
    static func forget(_ keys: AnnotationKeys) -> Patch { patch(keys, isPaused: nil) { $0.null() } }

    private static func patch(
        _ keys: AnnotationKeys, isPaused: Bool?, _ time: (inout JSONWriter) -> Void
    ) -> Patch {
        var json = JSONWriter()
        json.object { json in
            json.name("metadata")
            json.nested(["annotations"]) { json in
                json.name(keys.pausedAt)
                time(&json)
            }
            if let isPaused { json.object("spec") { $0.field("paused", isPaused) } }
        }
        return .strategicMerge(json.bytes)
    }
}
