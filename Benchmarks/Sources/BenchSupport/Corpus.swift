/// Objects as an API server sends them: the same bytes in every process and every run.
public enum Corpus {
    /// What a corpus consists of.
    public enum Kind: String, CaseIterable, Sendable {
        case configmaps, secrets, deployments, metadata

        /// The kind of one object.
        var objectKind: String {
            switch self {
            case .configmaps: "ConfigMap"
            case .secrets: "Secret"
            case .deployments: "Deployment"
            case .metadata: "PartialObjectMetadata"
            }
        }
    }

    /// How much each ConfigMap and Secret holds.
    public static let payloadSize = 4096
    static let keysPerObject = 8

    /// The list of `count` objects.
    public static func list(_ kind: Kind, count: Int) -> [UInt8] {
        var bytes = head(kind)
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += object(kind, index)
        }
        return bytes + tail
    }

    /// A watch that changes each of `count` objects once.
    public static func watch(_ kind: Kind, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            bytes += Array(#"{"type":"MODIFIED","object":{"kind":"\#(kind.objectKind)","apiVersion":"v1","#.utf8)
            bytes += object(kind, index).dropFirst()
            bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
        }
        return bytes
    }

    /// What comes before the first object of a list.
    public static func head(_ kind: Kind) -> [UInt8] {
        let version = kind == .deployments ? "apps/v1" : "v1"
        let type = #""kind":"\#(kind.objectKind)List","apiVersion":"\#(version)""#
        return Array(#"{\#(type),"metadata":{"resourceVersion":"900000000"},"items":["#.utf8)
    }

    /// What comes after the last object of a list.
    public static let tail = Array("]}".utf8)

    /// One object: as an item of a list, without its type, or new, to be created.
    public static func object(_ kind: Kind, _ index: Int, isNew: Bool = false) -> [UInt8] {
        let metadata =
            isNew
            ? #""kind":"\#(kind.objectKind)","apiVersion":"v1","metadata":{\#(identity(index))}"#
            : metadata(index)
        switch kind {
        case .configmaps:
            return Array(#"{\#(metadata),"data":{\#(fields(properties(index)))}}"#.utf8)
        case .secrets:
            return Array(#"{\#(metadata),"data":{\#(fields(base64(index)))},"type":"Opaque"}"#.utf8)
        case .deployments:
            return Array(#"{\#(metadata),"spec":\#(deploymentSpec(index)),"status":{"replicas":1}}"#.utf8)
        case .metadata: return Array("{\(metadata)}".utf8)
        }
    }

    /// The namespace of the object with this number.
    public static func namespace(_ index: Int) -> String { "team-\(index % 50)-production" }
    /// The name of the object with this number: 23 characters, the usual length in clusters.
    public static func name(_ index: Int) -> String { "service-settings-\(padded(index, 6))" }

    private static func metadata(_ index: Int) -> String {
        let uid = "5f0c2d3e-8a1b-4c5d-9e6f-\(padded(index, 12))"
        let labels = #"{"app.kubernetes.io/name":"service-\#(index)","app.kubernetes.io/part-of":"shop"}"#
        let annotations = #"{"example.com/owner":"team-\#(index % 50)"}"#
        let time = "2026-01-02T03:04:05Z"
        let manager = #""manager":"kubectl-create","operation":"Update","apiVersion":"v1","time":"\#(time)""#
        let fields = #""fieldsType":"FieldsV1","fieldsV1":{"f:data":{".":{},"f:value":{}}}"#
        let version = #""uid":"\#(uid)","resourceVersion":"\#(800_000_000 + index)","creationTimestamp":"\#(time)""#
        let members = [
            identity(index), version, #""labels":\#(labels)"#, #""annotations":\#(annotations)"#,
            #""managedFields":[{\#(manager),\#(fields)}]"#,
        ]
        return "\"metadata\":{\(members.joined(separator: ","))}"
    }

    private static func identity(_ index: Int) -> String {
        #""name":"\#(name(index))","namespace":"\#(namespace(index))""#
    }

    /// The members of `data`: eight keys with the same value of half a kibibyte.
    private static func fields(_ value: String) -> String {
        (0..<keysPerObject).map { #""service.settings.\#($0)":"\#(value)""# }.joined(separator: ",")
    }

    /// Half a kibibyte of `key=value` lines, as JSON text: an escape in each line.
    static func properties(_ index: Int, lineEnd: String = "\\n") -> String {
        var text = ""
        var line = 0
        while text.utf8.count < payloadSize / keysPerObject {
            text += "service.option.\(line)=value-\(index)-\(line &* 7919)\(lineEnd)"
            line += 1
        }
        return text
    }

    /// The base64 of half a kibibyte.
    private static func base64(_ index: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return String(decoding: sextets(index).map { alphabet[Int($0)] }, as: UTF8.self)
    }

    /// The digits of that base64.
    static func sextets(_ index: Int) -> [UInt8] {
        var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<(payloadSize / keysPerObject / 3 * 4)).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(state & 63)
        }
    }

    /// A template that uses one ConfigMap and one Secret.
    public static func deploymentSpec(_ index: Int) -> String {
        let selector = #"{"app":"service-\#(index)"}"#
        let container = """
            {"name":"app","image":"registry.example.com/shop/service:1.2.3","ports":[{"containerPort":8080}],\
            "env":[{"name":"MODE","value":"production"}],"envFrom":[{"configMapRef":{"name":"\(name(index))"}}],\
            "resources":{"requests":{"cpu":"100m","memory":"64Mi"}},\
            "volumeMounts":[{"name":"secret","mountPath":"/secret"}],\
            "livenessProbe":{"httpGet":{"path":"/live","port":8080},"periodSeconds":10}}
            """
        let volume = #"{"name":"secret","secret":{"secretName":"\#(name(index))"}}"#
        let spec = #"{"containers":[\#(container)],"volumes":[\#(volume)]}"#
        let template = #"{"metadata":{"labels":\#(selector)},"spec":\#(spec)}"#
        return #"{"replicas":1,"selector":{"matchLabels":\#(selector)},"template":\#(template)}"#
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
