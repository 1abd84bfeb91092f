package import KubeClient

/// A Kubernetes Event that a Reloader wrote about a workload.
///
/// Source: core/v1 Event.
package struct ReloadEvent: StaticResource, Hashable {
    package static let apiResource = APIResource.events

    package private(set) var identity = ObjectIdentity()
    /// When it happened last, RFC 3339; empty when the Event does not say.
    package private(set) var time = ""
    /// `Normal` or `Warning`.
    package private(set) var severity = ""
    /// Such as `Reloaded` or `ReloadFail`.
    package private(set) var reason = ""
    /// The sentence.
    package private(set) var message = ""
    /// How often it happened.
    package private(set) var count = 1
    private var component = ""

    package var id: ObjectKey { identity.key }
    package var uid: String { identity.uid }
    package var resourceVersion: ResourceVersion { identity.resourceVersion }

    /// Whether a Reloader wrote it, of this or an earlier version.
    package var isOurs: Bool { component.hasPrefix("reloader") }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var (first, created) = ("", "")
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata":
                identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
                    if name == "creationTimestamp" { created = try reader.stringOrEmpty() }
                }
            case "firstTimestamp": first = try reader.stringOrEmpty()
            case "lastTimestamp": time = try reader.stringOrEmpty()
            case "type": severity = try reader.stringOrEmpty()
            case "reason": reason = try reader.stringOrEmpty()
            case "message": message = try reader.stringOrEmpty()
            case "count": count = try reader.intOrNil() ?? 1
            case "source":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "component" { component = try reader.stringOrEmpty() }
                }
            default: break
            }
        }
        time = [time, first, created].first { !$0.isEmpty } ?? ""
    }
}
