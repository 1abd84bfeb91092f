import KubeClient

/// The announcement of one reload: v1.4.21's text and bodies, to the byte.
///
/// Several configs of one reload are several alerts, because the text has room for one.
struct AlertMessage: Hashable, Sendable {
    /// The config whose change was answered.
    var config: ConfigKey
    /// The workload that was reloaded.
    var workload: WorkloadKey

    /// The text, with asterisks around names; `additionalInfo` goes first, even an empty one.
    func text(additionalInfo: String? = nil) -> String {
        let sentence =
            "Reloader detected changes in *\(config.name)* of type *\(config.type.tag)* in namespace "
            + "*\(config.namespace)*. Hence reloaded *\(workload.object.name)* of type *\(workload.kind.name)* "
            + "in namespace *\(workload.object.namespace ?? "")*"
        return additionalInfo.map { "\($0) : \(sentence)" } ?? sentence
    }

    /// Content type and body for a sink.
    func body(for sink: AlertSink, additionalInfo: String? = nil) -> (contentType: String, bytes: [UInt8]) {
        let text = text(additionalInfo: additionalInfo)
        var writer = JSONWriter()
        switch sink {
        case .raw: return ("text/plain", text.utf8.filter { $0 != UInt8(ascii: "*") })
        case .teams, .googleChat: writer.object { $0.field("text", text) }
        case .slack:
            writer.object { writer in
                writer.array("attachments") { writer in
                    writer.object { writer in
                        writer.field("author_name", "Reloader")
                        writer.field("color", "good")
                        writer.field("text", text)
                    }
                }
            }
        }
        return ("application/json", writer.bytes)
    }
}
