import KubeClient

/// The protobuf form of the few kinds that `kubectl create`, `kubectl auth` and Helm send so, to read their bodies.
///
/// Source: the `generated.proto` files of k8s.io/api and k8s.io/apimachinery. Fields that are not in the table are
/// passed over.
struct ProtobufSchema: Sendable {
    private struct Field: Sendable {
        var name: String
        /// `string`, `int`, `bool`, `bytes`, `time`, or another message; `[]` and `{}` in front make lists and maps.
        var type: Substring
    }

    private let messages: [Substring: [Int: Field]]

    static let shared = ProtobufSchema(
        """
        ObjectMeta: 1 name string, 2 generateName string, 3 namespace string, 5 uid string, 6 resourceVersion string
        ObjectMeta: 7 generation int, 8 creationTimestamp time, 11 labels {}string, 12 annotations {}string
        ObjectMeta: 13 ownerReferences []OwnerReference, 14 finalizers []string
        OwnerReference: 1 kind string, 3 name string, 4 uid string, 5 apiVersion string, 6 controller bool
        OwnerReference: 7 blockOwnerDeletion bool
        ConfigMap: 1 metadata ObjectMeta, 2 data {}string, 3 binaryData {}bytes, 4 immutable bool
        Secret: 1 metadata ObjectMeta, 2 data {}bytes, 3 type string, 4 stringData {}string, 5 immutable bool
        Namespace: 1 metadata ObjectMeta
        ServiceAccount: 1 metadata ObjectMeta
        Deployment: 1 metadata ObjectMeta, 2 spec DeploymentSpec
        DeploymentSpec: 1 replicas int, 2 selector LabelSelector, 3 template PodTemplateSpec
        LabelSelector: 1 matchLabels {}string
        PodTemplateSpec: 1 metadata ObjectMeta, 2 spec PodSpec
        PodSpec: 2 containers []Container, 3 restartPolicy string
        Container: 1 name string, 2 image string, 3 command []string, 4 args []string, 6 ports []ContainerPort
        Container: 7 env []EnvVar
        ContainerPort: 1 name string, 3 containerPort int, 4 protocol string
        EnvVar: 1 name string, 2 value string
        Job: 1 metadata ObjectMeta, 2 spec JobSpec
        JobSpec: 6 template PodTemplateSpec
        Role: 1 metadata ObjectMeta, 2 rules []PolicyRule
        ClusterRole: 1 metadata ObjectMeta, 2 rules []PolicyRule
        PolicyRule: 1 verbs []string, 2 apiGroups []string, 3 resources []string, 4 resourceNames []string
        PolicyRule: 5 nonResourceURLs []string
        RoleBinding: 1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef
        ClusterRoleBinding: 1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef
        Subject: 1 kind string, 2 apiGroup string, 3 name string, 4 namespace string
        RoleRef: 1 apiGroup string, 2 kind string, 3 name string
        SelfSubjectAccessReview: 2 spec AccessReviewSpec
        AccessReviewSpec: 1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes
        ResourceAttributes: 1 namespace string, 2 verb string, 3 group string, 4 version string, 5 resource string
        ResourceAttributes: 6 subresource string, 7 name string
        NonResourceAttributes: 1 path string, 2 verb string
        DeleteOptions: 1 gracePeriodSeconds int, 2 preconditions Preconditions, 3 orphanDependents bool
        DeleteOptions: 4 propagationPolicy string, 5 dryRun []string
        Preconditions: 1 uid string, 2 resourceVersion string
        """)

    init(_ table: String) {
        var messages: [Substring: [Int: Field]] = [:]
        for line in table.split(separator: "\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { continue }
            for entry in parts[1].split(separator: ",") {
                let words = entry.split(separator: " ")
                guard words.count == 3, let number = Int(words[0]) else { continue }
                messages[parts[0], default: [:]][number] = Field(name: String(words[1]), type: words[2])
            }
        }
        self.messages = messages
    }

    /// The object of a body; nil when the body or its kind cannot be read.
    ///
    /// A body is the magic bytes `k8s` and zero, then a `runtime.Unknown`.
    func object(_ body: [UInt8]) -> JSONValue? {
        guard body.starts(with: [0x6B, 0x38, 0x73, 0x00]) else { return nil }
        var reader = ProtobufReader(body.dropFirst(4))
        var (apiVersion, kind) = ("", "")
        var content: ArraySlice<UInt8> = []
        while let field = reader.next() {
            guard case .bytes(let bytes) = field.value else { continue }
            if field.number == 1 { (apiVersion, kind) = Self.identity(bytes) }
            if field.number == 2 { content = bytes }
        }
        guard messages[kind[...]] != nil else { return nil }
        var object = JSONObject()
        object["kind"] = .string(kind)
        object["apiVersion"] = .string(apiVersion)
        for member in message(content, kind[...]).members { object[member.name] = member.value }
        return .object(object)
    }

    private static func identity(_ typeMeta: ArraySlice<UInt8>) -> (apiVersion: String, kind: String) {
        var reader = ProtobufReader(typeMeta)
        var texts: [Int: String] = [:]
        while let field = reader.next() {
            if case .bytes(let bytes) = field.value { texts[field.number] = String(decoding: bytes, as: UTF8.self) }
        }
        return (texts[1] ?? "", texts[2] ?? "")
    }

    private func message(_ bytes: ArraySlice<UInt8>, _ type: Substring) -> JSONObject {
        var object = JSONObject()
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            guard let field = messages[type]?[number] else { continue }
            if field.type.hasPrefix("[]") {
                let elements = object[field.name]?.array ?? []
                object[field.name] = .array(elements + [self.value(value, field.type.dropFirst(2))])
            } else if field.type.hasPrefix("{}"), case .bytes(let entry) = value {
                var map = object[field.name]?.object ?? JSONObject()
                let (name, element) = mapEntry(entry, field.type.dropFirst(2))
                map[name] = element
                object[field.name] = .object(map)
            } else {
                object[field.name] = self.value(value, field.type)
            }
        }
        return object
    }

    private func mapEntry(_ bytes: ArraySlice<UInt8>, _ type: Substring) -> (String, JSONValue) {
        var entry = (name: "", value: value(.bytes([]), type))
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            if number == 1, case .bytes(let name) = value { entry.name = String(decoding: name, as: UTF8.self) }
            if number == 2 { entry.value = self.value(value, type) }
        }
        return entry
    }

    private func value(_ value: ProtobufReader.Value, _ type: Substring) -> JSONValue {
        switch (value, type) {
        case (.number(let number), "bool"): .bool(number != 0)
        case (.number(let number), _): .number(String(Int64(bitPattern: number)))
        case (.bytes(let bytes), "string"): .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), "bytes"): .string(Base64.encode(bytes))
        // A client does not decide on times.
        case (.bytes, "time"): .null
        case (.bytes(let bytes), _): .object(message(bytes, type))
        }
    }
}
