import KubeClient

extension Columns {
    static let configMap = Columns([
        Column(
            name: "Data",
            description: """
                Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or \
                '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must \
                not overlap with the keys in the BinaryData field, this is enforced during validation process.
                """
        ) { object, _ in .int(count(object["data"]) + count(object["binaryData"])) }
    ])

    static let secret = Columns([
        Column(
            name: "Type",
            description: "Used to facilitate programmatic handling of secret data. More info: "
                + "https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"
        ) { object, _ in object["type"] ?? .string("") },
        Column(
            name: "Data",
            description: """
                Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The \
                serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly \
                non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4
                """
        ) { object, _ in .int(count(object["data"])) },
    ])

    static let namespace = Columns([text("Status", "The status of the namespace") { $0["status", "phase"]?.string }])

    static let serviceAccount = Columns([
        Column(name: "Secrets", description: "Secrets that pods of the account may use") { object, _ in
            .int(object["secrets"]?.array?.count ?? 0)
        }
    ])

    static let lease = Columns([
        text("Holder", "The identity of the current holder") { $0["spec", "holderIdentity"]?.string }
    ])

    static let service = Columns(
        [
            text("Type", "How the service is exposed") { $0["spec", "type"]?.string },
            text("Cluster-IP", "The address inside the cluster") { $0["spec", "clusterIP"]?.string ?? "<none>" },
            text("External-IP", "The addresses outside of the cluster") { service in
                let addresses = (service["spec", "externalIPs"]?.array ?? []).compactMap(\.string)
                return addresses.isEmpty ? "<none>" : addresses.joined(separator: ",")
            },
            text("Port(s)", "The ports that are exposed") { service in
                let ports = (service["spec", "ports"]?.array ?? []).map { port in
                    let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
                    return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                }
                return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
            },
        ], wide: [text("Selector", "The labels of the pods behind the service") { pairs($0["spec", "selector"]) }])

    static let event = Columns(only: [
        Column(name: "Last Seen", description: "Time of the last occurrence") { event, now in
            let times = [event["lastTimestamp"], event["deprecatedLastTimestamp"], event["eventTime"]]
            let last = times.first { $0?.string != nil } ?? nil
            return .string(age(last ?? event["metadata", "creationTimestamp"], now))
        },
        text("Type", "Type of the event: Normal or Warning") { $0["type"]?.string },
        text("Reason", "Why the event was made") { $0["reason"]?.string },
        text("Object", "What the event is about") { event in
            let object = event["involvedObject"] ?? event["regarding"]
            return "\((object?["kind"]?.string ?? "").lowercased())/\(object?["name"]?.string ?? "")"
        },
        text("Message", "What happened") { ($0["message"] ?? $0["note"])?.string },
    ])

    private static func count(_ value: JSONValue?) -> Int { value?.object?.members.count ?? 0 }

    /// A column of text; nil prints nothing.
    static func text(
        _ name: String, _ description: String, _ cell: @escaping @Sendable (JSONValue) -> String?
    ) -> Column {
        Column(name: name, description: description) { object, _ in .string(cell(object) ?? "") }
    }

    static func number(
        _ name: String, _ description: String, _ cell: @escaping @Sendable (JSONValue) -> Int?
    ) -> Column {
        Column(name: name, type: "integer", description: description) { object, _ in .int(cell(object) ?? 0) }
    }

    /// `a=1,b=2`, or `<none>`.
    static func pairs(_ labels: JSONValue?) -> String {
        let texts = (labels?.object?.members ?? []).map { "\($0.name)=\($0.value.string ?? "")" }
        return texts.isEmpty ? "<none>" : texts.joined(separator: ",")
    }
}
