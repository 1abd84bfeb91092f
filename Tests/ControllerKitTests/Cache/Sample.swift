import KubeClient

/// A small object for tests of caches: metadata and the labels as one list.
struct Sample: KubeObject, Hashable {
    var id: ObjectKey
    var uid: String
    var resourceVersion: ResourceVersion
    var groups: [String] = []

    init(_ name: String, _ version: String = "1", uid: String = "u", namespace: String? = "ns", groups: [String] = []) {
        id = ObjectKey(namespace: namespace, name: name)
        self.uid = uid
        resourceVersion = ResourceVersion(rawValue: version)
        self.groups = groups
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var identity = ObjectIdentity()
        var groups: [String] = []
        try reader.forEachField { name, reader throws(JSONError) in
            guard name == "metadata" else { return }
            identity = try ObjectIdentity(metadata: &reader) { name, reader throws(JSONError) in
                guard name == "labels" else { return }
                try reader.forEachField { _, reader throws(JSONError) in groups.append(try reader.string()) }
            }
        }
        id = identity.key
        uid = identity.uid
        resourceVersion = identity.resourceVersion
        self.groups = groups
    }
}
