public import KubeClient

extension PodTemplate.Container {
    /// Reads a `Container`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init("")
        // In JSON from a server envFrom comes first, in protobuf env; whoever compares must not see which it was.
        var sources: [ConfigName] = []
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "name": self.name = try reader.stringOrEmpty()
            case "env": try readEnvironment(from: &reader)
            case "envFrom":
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    try Self.readReferences("configMapRef", "secretRef", from: &reader, &sources)
                }
            case "volumeMounts":
                mounts = try reader.elements { (reader) throws(JSONError) in try reader.textField("name") }
            default: break
            }
        }
        for source in sources where !environmentReferences.contains(source) { environmentReferences.append(source) }
    }

    private mutating func readEnvironment(from reader: inout JSONReader) throws(JSONError) {
        var index = 0
        try reader.forEachElementIfArray { (reader) throws(JSONError) in
            var marker = PodTemplate.Marker("", value: "", index: index)
            index += 1
            try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                switch name {
                case "name": marker.name = try reader.stringOrEmpty()
                case "value":
                    // Values of other variables are passed over unread: they can be anything, credentials too.
                    guard marker.name.isEmpty || marker.name.hasPrefix(MarkerName.prefix) else { return }
                    marker.value = try reader.stringOrEmpty()
                case "valueFrom":
                    try Self.readReferences(
                        "configMapKeyRef", "secretKeyRef", from: &reader, &environmentReferences)
                default: break
                }
            }
            if marker.name.hasPrefix(MarkerName.prefix) { markers.append(marker) }
        }
    }

    private static func readReferences(
        _ configMap: StaticString, _ secret: StaticString, from reader: inout JSONReader,
        _ references: inout [ConfigName]
    ) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            let type: ConfigType
            if name == configMap {
                type = .configMap
            } else if name == secret {
                type = .secret
            } else {
                return
            }
            let reference = ConfigName(type, try reader.textField("name"))
            if !reference.name.isEmpty, !references.contains(reference) { references.append(reference) }
        }
    }
}

extension PodTemplate.Volume {
    /// Reads a `Volume`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init("", references: [])
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "name": self.name = try reader.stringOrEmpty()
            case "configMap": add(.configMap, try reader.textField("name"))
            case "secret": add(.secret, try reader.textField("secretName"))
            case "projected": try readSources(from: &reader)
            case "csi":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    guard name == "volumeAttributes" else { return }
                    add(.secretProviderClass, try reader.textField("secretProviderClass"))
                }
            default: break
            }
        }
    }

    private mutating func readSources(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard name == "sources" else { return }
            try reader.forEachElementIfArray { (reader) throws(JSONError) in
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    switch name {
                    case "configMap": add(.configMap, try reader.textField("name"))
                    case "secret": add(.secret, try reader.textField("name"))
                    default: break
                    }
                }
            }
        }
    }

    private mutating func add(_ type: ConfigType, _ name: String) {
        let reference = ConfigName(type, name)
        if !name.isEmpty, !references.contains(reference) { references.append(reference) }
    }
}
