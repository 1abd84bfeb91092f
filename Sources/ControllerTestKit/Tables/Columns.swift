import KubeClient

/// The columns of a kind in `kubectl get`, and how a row is read from an object.
package struct Columns: Sendable {
    /// One column.
    package struct Column: Sendable {
        package var name: String
        package var type = "string"
        package var format = ""
        package var description: String
        /// 0 shows always, 1 with `-o wide`.
        package var priority = 0
        /// The cell; `now` is the time that ages count to, in seconds since 1970.
        var cell: @Sendable (_ object: JSONValue, _ now: Int64) -> JSONValue
    }

    package var columns: [Column]

    static let nameColumn = Column(
        name: "Name", format: "name",
        description: """
            Name must be unique within a namespace. Is required when creating resources, although some resources may \
            allow a client to request the generation of an appropriate name automatically. Name is primarily intended \
            for creation idempotence and configuration definition. Cannot be updated. More info: \
            https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names
            """
    ) { object, _ in object["metadata", "name"] ?? .string("") }

    static let ageColumn = Column(
        name: "Age",
        description: """
            CreationTimestamp is a timestamp representing the server time when this object was created. It is not \
            guaranteed to be set in happens-before order across separate operations. Clients may not set this value. \
            It is represented in RFC3339 form and is in UTC.

            Populated by the system. Read-only. Null for lists. More info: \
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata
            """
    ) { object, now in .string(age(object["metadata", "creationTimestamp"], now)) }

    /// Name, these, Age, and then those for `-o wide`.
    init(_ middle: [Column], wide: [Column] = []) {
        let last = wide.map { column in
            var column = column
            column.priority = 1
            return column
        }
        columns = [Self.nameColumn] + middle + [Self.ageColumn] + last
    }

    /// Exactly these.
    init(only columns: [Column]) { self.columns = columns }

    /// The default of kinds without columns of their own.
    package static let nameAndAge = Columns([])

    /// How long ago a timestamp is, as `kubectl` words it.
    static func age(_ timestamp: JSONValue?, _ now: Int64) -> String {
        guard let text = timestamp?.string, let time = try? APITime(parsing: text, layout: .seconds) else {
            return "<unknown>"
        }
        return duration(now - time.seconds)
    }

    /// A duration in the two largest units that say something, such as `2m5s` or `3d`.
    static func duration(_ seconds: Int64) -> String {
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
            small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit)\(small)\(smallUnit)"
        }
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        switch true {
        case seconds < 120: return "\(seconds)s"
        case minutes < 10: return pair(minutes, "m", seconds % 60, "s")
        case minutes < 180: return "\(minutes)m"
        case hours < 8: return pair(hours, "h", minutes % 60, "m")
        case hours < 48: return "\(hours)h"
        case hours < 192: return pair(hours / 24, "d", hours % 24, "h")
        case hours < 24 * 365 * 2: return "\(hours / 24)d"
        case hours < 24 * 365 * 8: return pair(hours / 24 / 365, "y", hours / 24 % 365, "d")
        default: return "\(hours / 24 / 365)y"
        }
    }
}
