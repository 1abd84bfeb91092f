public import KubeClient

/// What is kept of a pod template: annotations, markers, and where configs are used.
public struct PodTemplate: KubeDecodable, Hashable {
    /// `metadata.annotations`, without the bulky ones of other tools.
    public var annotations: [String: String]
    /// Regular containers in order.
    public var containers: [Container]
    /// Init containers in order.
    public var initContainers: [Container]
    /// The volumes that refer to configs, in order.
    public var volumes: [Volume]

    /// Creates a template from parts.
    public init(
        annotations: [String: String] = [:], containers: [Container] = [], initContainers: [Container] = [],
        volumes: [Volume] = []
    ) {
        self.annotations = annotations
        self.containers = containers
        self.initContainers = initContainers
        self.volumes = volumes
    }

    /// Reads a `PodTemplateSpec`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "annotations" { annotations = try reader.annotations() }
                }
            case "spec": try readSpec(from: &reader)
            default: break
            }
        }
        let names = Set(volumes.map(\.name))
        for index in containers.indices { containers[index].mounts.removeAll { !names.contains($0) } }
        for index in initContainers.indices { initContainers[index].mounts.removeAll { !names.contains($0) } }
    }

    private mutating func readSpec(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "containers":
                containers = try reader.elements { (reader) throws(JSONError) in try Container(from: &reader) }
            case "initContainers":
                initContainers = try reader.elements { (reader) throws(JSONError) in try Container(from: &reader) }
            case "volumes":
                volumes = try reader.elements { (reader) throws(JSONError) in
                    let volume = try Volume(from: &reader)
                    return volume.references.isEmpty ? nil : volume
                }
            default: break
            }
        }
    }
}

extension PodTemplate {
    /// What is kept of a container.
    public struct Container: KubeDecodable, Hashable {
        /// The container's name.
        public var name: String
        /// Its variables whose names are those of markers, in order.
        public var markers: [Marker]
        /// The configs that `env` and `envFrom` refer to.
        public var environmentReferences: [ConfigName]
        /// The names of the mounted volumes.
        public var mounts: [String]

        /// Creates a container from parts.
        public init(
            _ name: String, markers: [Marker] = [], environmentReferences: [ConfigName] = [], mounts: [String] = []
        ) {
            self.name = name
            self.markers = markers
            self.environmentReferences = environmentReferences
            self.mounts = mounts
        }

        /// The first marker of this name.
        public func marker(_ name: String) -> Marker? { markers.first { $0.name == name } }
    }

    /// A variable whose name begins as those of markers do.
    public struct Marker: Hashable, Sendable {
        /// The variable's name.
        public var name: String
        /// Its literal value.
        public var value: String
        /// Its position in the container's `env`.
        public var index: Int

        /// Creates a marker.
        public init(_ name: String, value: String, index: Int) {
            self.name = name
            self.value = value
            self.index = index
        }
    }

    /// A volume that refers to configs.
    public struct Volume: KubeDecodable, Hashable {
        /// The volume's name.
        public var name: String
        /// The configs, directly or as sources of a projection.
        public var references: [ConfigName]

        /// Creates a volume.
        public init(_ name: String, references: [ConfigName]) {
            self.name = name
            self.references = references
        }
    }
}
