extension Corpus {
    /// The list of ``list(_:count:)`` as an API server sends it in protobuf.
    public static func protobufList(_ kind: Kind, count: Int) -> [UInt8] {
        var list = Message()
        list.message(1) { meta in
            meta.text(1, "")
            meta.text(2, "900000000")
            meta.text(3, "")
        }
        for index in 0..<count { list.message(2) { object(kind, index, &$0) } }
        var document = Message()
        document.message(1) { type in
            type.text(1, kind == .deployments ? "apps/v1" : kind == .metadata ? "meta.k8s.io/v1" : "v1")
            type.text(2, "\(kind.objectKind)List")
        }
        document.bytes(2, list.bytes)
        document.text(3, "")
        document.text(4, "")
        return [0x6B, 0x38, 0x73, 0x00] + document.bytes
    }

    private static func object(_ kind: Kind, _ index: Int, _ object: inout Message) {
        object.message(1) { metadata(index, &$0) }
        switch kind {
        case .configmaps:
            let text = Array(properties(index, lineEnd: "\n").utf8)
            for key in 0..<keysPerObject { object.entry(2, "service.settings.\(key)", text) }
        case .secrets:
            var bytes: [UInt8] = []
            let digits = sextets(index)
            for start in stride(from: 0, to: digits.count, by: 4) {
                let bits = digits[start..<start + 4].reduce(UInt32(0)) { $0 << 6 | UInt32($1) }
                bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
            }
            for key in 0..<keysPerObject { object.entry(2, "service.settings.\(key)", bytes) }
            object.text(3, "Opaque")
        case .deployments:
            object.message(2) { spec in
                let app = Array("service-\(index)".utf8)
                spec.int(1, 1)
                spec.message(2) { $0.entry(1, "app", app) }
                spec.message(3) { template in
                    template.message(1) { $0.entry(11, "app", app) }
                    template.message(2) { podSpec(index, &$0) }
                }
            }
            object.message(3) { $0.int(2, 1) }
        case .metadata: break
        }
    }

    private static func metadata(_ index: Int, _ meta: inout Message) {
        meta.text(1, name(index))
        meta.text(2, "")
        meta.text(3, namespace(index))
        meta.text(4, "")
        meta.text(5, "5f0c2d3e-8a1b-4c5d-9e6f-\(padded(index, 12))")
        meta.text(6, String(800_000_000 + index))
        meta.int(7, 0)
        meta.message(8, time)
        meta.entry(11, "app.kubernetes.io/name", Array("service-\(index)".utf8))
        meta.entry(11, "app.kubernetes.io/part-of", Array("shop".utf8))
        meta.entry(12, "example.com/owner", Array("team-\(index % 50)".utf8))
        meta.message(17) { manager in
            manager.text(1, "kubectl-create")
            manager.text(2, "Update")
            manager.text(3, "v1")
            manager.message(4, time)
            manager.text(6, "FieldsV1")
            manager.message(7) { $0.text(1, #"{"f:data":{".":{},"f:value":{}}}"#) }
            manager.text(8, "")
        }
    }

    private static func time(_ time: inout Message) {
        time.int(1, 1_767_323_045)
        time.int(2, 0)
    }

    private static func podSpec(_ index: Int, _ spec: inout Message) {
        spec.message(1) { volume in
            volume.text(1, "secret")
            volume.message(2) { $0.message(6) { $0.text(1, name(index)) } }
        }
        spec.message(2) { container in
            container.text(1, "app")
            container.text(2, "registry.example.com/shop/service:1.2.3")
            container.message(6) { $0.int(3, 8080) }
            container.message(7) { variable in
                variable.text(1, "MODE")
                variable.text(2, "production")
            }
            container.message(8) { resources in
                for (name, quantity) in [("cpu", "100m"), ("memory", "64Mi")] {
                    resources.message(2) { entry in
                        entry.text(1, name)
                        entry.message(2) { $0.text(1, quantity) }
                    }
                }
            }
            container.message(9) { mount in
                mount.text(1, "secret")
                mount.text(3, "/secret")
            }
            container.message(10) { probe in
                probe.message(1) { $0.message(2) { $0.text(1, "/live") } }
                probe.int(4, 10)
            }
            container.message(19) { source in
                source.message(2) { $0.message(1) { $0.text(1, name(index)) } }
            }
        }
    }
}

/// A protobuf message as it grows.
private struct Message {
    var bytes: [UInt8] = []

    mutating func int(_ number: UInt64, _ value: UInt64) {
        varint(number << 3)
        varint(value)
    }

    mutating func bytes(_ number: UInt64, _ value: [UInt8]) {
        varint(number << 3 | 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ number: UInt64, _ value: String) { bytes(number, Array(value.utf8)) }

    mutating func message(_ number: UInt64, _ body: (inout Message) -> Void) {
        var message = Message()
        body(&message)
        bytes(number, message.bytes)
    }

    mutating func entry(_ number: UInt64, _ key: String, _ value: [UInt8]) {
        message(number) { entry in
            entry.text(1, key)
            entry.bytes(2, value)
        }
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
