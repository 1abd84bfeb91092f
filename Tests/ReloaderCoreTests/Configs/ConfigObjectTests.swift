import KubeClient
import ReloaderCore
import Testing

@Suite struct ConfigObjectTests {
    /// An object's payload, and the SHA-1 of the text that it is joined to.
    struct Vector: CustomTestStringConvertible {
        let name: String
        let payload: String
        let fingerprint: String
        var testDescription: String { name }

        init(_ name: String, _ payload: String, _ fingerprint: String) {
            (self.name, self.payload, self.fingerprint) = (name, payload, fingerprint)
        }
    }

    static let configMaps = [
        Vector("no data", #""kind":"ConfigMap""#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector("empty data", #""data":{}"#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector("null data", #""data":null,"binaryData":null"#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector("one key", #""data":{"key":"initial"}"#, "e08040e2ea3a1a0e15556d0ffba40e3d32b5c41f"),
        Vector("another value", #""data":{"key":"updated"}"#, "6b3093988321555757cc9b88a5f2d59101a0261c"),
        Vector("two keys", #""data":{"a":"1","b":"2"}"#, "f83e99e324ba68ccc373a58ef1eb42f8ab88646a"),
        Vector("two keys, the other order", #""data":{"b":"2","a":"1"}"#, "f83e99e324ba68ccc373a58ef1eb42f8ab88646a"),
        Vector("binary data", #""binaryData":{"bin":"AAEC"}"#, "81d0ecb83e90b3a2d582dd37885dbfe46d0eb6fe"),
        Vector(
            "both", #""data":{"z":"last"},"binaryData":{"a":"eA=="}"#, "1bb1332e8803808056eeb69438eee9a242e7f3a3"),
        Vector("stringData does not count", #""stringData":{"a":"1"}"#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        // printf 'a-b=2;a=1' | sha1sum: '-' comes before '='.
        Vector("a key that continues another", #""data":{"a":"1","a-b":"2"}"#, "SHA:a-b=2;a=1"),
        Vector("a key that continues another with a letter", #""data":{"a":"1","ab":"2"}"#, "SHA:a=1;ab=2"),
        Vector("upper case before lower", #""data":{"a":"1","B":"2"}"#, "SHA:B=2;a=1"),
        Vector("escapes are resolved", #""data":{"k":"a\nb\t\"\\\/\u00e9\ud83d\ude00"}"#, "SHA:k=a\nb\t\"\\/é😀"),
        Vector("an escaped key", #""data":{"k\u0065y":"initial"}"#, "e08040e2ea3a1a0e15556d0ffba40e3d32b5c41f"),
        Vector("bytes, not Unicode order", #""data":{"k":"\uff5e","k\ud83d\ude00":""}"#, "SHA:k=～;k😀="),
        Vector("composed and decomposed differ", #""data":{"k":"e\u0301"}"#, "SHA:k=e\u{301}"),
        Vector("an empty value", #""data":{"k":""}"#, "SHA:k="),
        Vector("a null value", #""data":{"k":null}"#, "SHA:k="),
        Vector("values may hold separators", #""data":{"a":"b;c=d"}"#, "SHA:a=b;c=d"),
        Vector(
            "binary data with line breaks", #""binaryData":{"bin":"AA\nEC\r\n"}"#,
            "81d0ecb83e90b3a2d582dd37885dbfe46d0eb6fe"),
        Vector("malformed base64 counts as written", #""binaryData":{"bin":"A*"}"#, "SHA:bin=A*"),
        Vector("data of another type", #""data":"text""#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector(
            "a long value", #""data":{"k":"\#(String(repeating: "x", count: 5000))"}"#,
            "SHA:k=\(String(repeating: "x", count: 5000))"),
    ]

    static let secrets = [
        Vector("one key", #""data":{"password":"aW5pdGlhbA=="}"#, "c89820d4c89a3faac2e18b569de03dfe4d818f5e"),
        Vector(
            "type does not count", #""type":"Opaque","data":{"password":"aW5pdGlhbA=="}"#,
            "c89820d4c89a3faac2e18b569de03dfe4d818f5e"),
        Vector("nothing", #""data":null"#, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector("a null value", #""data":{"k":null}"#, "SHA:k="),
        Vector("no padding needed", #""data":{"k":"YWJj"}"#, "SHA:k=abc"),
        Vector("one byte of padding", #""data":{"k":"YWI="}"#, "SHA:k=ab"),
        Vector("malformed base64 counts as written", #""data":{"k":"YWI"}"#, "SHA:k=YWI"),
        Vector(
            "line breaks inside and between groups are passed over", #""data":{"k":"YWJj\nZ\r\nGVmZ2g="}"#,
            "SHA:k=abcdefgh"),
        Vector(
            "binaryData means nothing in a Secret", #""binaryData":{"bin":"AAEC"}"#,
            "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        // printf 'k=\xff\xfe\x00' | sha1sum
        Vector("bytes that are not UTF-8", #""data":{"k":"//4A"}"#, "2204b60f24ff07db28cb2298d7a39de4a2c1dd55"),
    ]

    private static func object(_ payload: String) -> String {
        #"{"metadata":{"name":"my-config","namespace":"default"},\#(payload)}"#
    }

    private static func expected(_ vector: Vector) -> String {
        guard vector.fingerprint.hasPrefix("SHA:") else { return vector.fingerprint }
        return ReferenceSHA1.hex(Array(vector.fingerprint.utf8.dropFirst(4)))
    }

    @Test("a ConfigMap's fingerprint is that of its sorted entries", arguments: configMaps)
    func configMap(_ vector: Vector) throws {
        let object = try decode(ConfigMapResource.self, Self.object(vector.payload))
        #expect(object.config.fingerprint.hex == Self.expected(vector))
    }

    @Test("a Secret's fingerprint is that of its decoded bytes", arguments: secrets)
    func secret(_ vector: Vector) throws {
        let object = try decode(SecretResource.self, Self.object(vector.payload))
        #expect(object.config.fingerprint.hex == Self.expected(vector))
    }

    @Test("the many lengths of base64 are all decoded", arguments: 0..<70)
    func lengths(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let object = try decode(SecretResource.self, Self.object(#""data":{"k":"\#(base64(bytes))"}"#))
        #expect(object.config.fingerprint.hex == ReferenceSHA1.hex(Array("k=".utf8) + bytes))
        let same = try decode(ConfigMapResource.self, Self.object(#""binaryData":{"k":"\#(base64(bytes))"}"#))
        #expect(same.config.fingerprint.hex == ReferenceSHA1.hex(Array("k=\(base64(bytes))".utf8)))
    }

    @Test("identity, version and the annotations that are exactly true are kept")
    func metadata() throws {
        let object = try decode(
            SecretResource.self,
            """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"ns","resourceVersion":"42",
             "uid":"0f6e2b1c-9d3a-4c55-8e77-0123456789ab","labels":{"a":"true"},
             "annotations":{"reloader.stakater.com/ignore":"true","x":"True","y":"false","z/match":"true","w":"tru\\u0065"}},
             "data":{}}
            """)
        #expect(object.id == ObjectKey(namespace: "ns", name: "s"))
        #expect(object.config.key == ConfigKey(.secret, namespace: "ns", name: "s"))
        #expect(object.uid == "0f6e2b1c-9d3a-4c55-8e77-0123456789ab")
        #expect(object.resourceVersion == ResourceVersion(rawValue: "42"))
        #expect(object.config.trueAnnotations == ["reloader.stakater.com/ignore", "w", "z/match"])
        #expect(object.config.isTrue("z/match") && !object.config.isTrue("x"))
    }

    @Test(
        "any uid is given back as it came",
        arguments: [
            "0f6e2b1c-9d3a-4c55-8e77-0123456789ab", "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff", "0F6E2B1C-9D3A-4C55-8E77-0123456789AB",
            "0f6e2b1c9d3a4c558e770123456789ab", "0f6e2b1c-9d3a-4c55-8e77-0123456789a", "", "uid-1",
            "0f6e2b1c-9d3a-4c55-8e77-0123456789abc", "0f6e2b1cf9d3a-4c55-8e77-0123456789ab", "--------",
            "0f6e2b1c-9d3a-4c55-8e77-0123456789ab-",
        ])
    func uid(_ uid: String) {
        #expect(ConfigObject(ConfigKey(.secret, namespace: "", name: ""), fingerprint: .empty, uid: uid).uid == uid)
    }

    @Test("an object without metadata decodes to empty names")
    func bare() throws {
        let object = try decode(ConfigMapResource.self, "{}")
        #expect(object.id == ObjectKey(namespace: "", name: ""))
        #expect(object.config.fingerprint == .empty)
    }

    @Test("no value appears in any description of a config")
    func descriptions() throws {
        let object = try decode(
            SecretResource.self,
            #"{"metadata":{"name":"s","namespace":"ns","annotations":{"a":"hunter2"}},"data":{"password":"aHVudGVyMg=="}}"#
        )
        var dumped = ""
        dump(object, to: &dumped)
        for text in ["\(object)", "\(object.config)", String(reflecting: object), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg") && !text.contains("password"))
        }
        #expect("\(object.config)" == "SECRET ns/s@")
    }

    @Test("a malformed document is an error that quotes nothing")
    func malformed() {
        do {
            _ = try decode(SecretResource.self, #"{"data":{"password":"aHVudGVyMg==""#)
            Issue.record("decoded half a document")
        } catch {
            #expect(!"\(error)".contains("aHVudGVyMg"))
        }
    }

    @Test("types know their tags, resources and event sources")
    func types() {
        #expect(ConfigType.allCases.map(\.tag) == ["CONFIGMAP", "SECRET", "SECRETPROVIDERCLASS"])
        #expect(
            ConfigType.allCases.map(\.eventSource)
                == ["reloader-configmaps", "reloader-secrets", "reloader-secretproviderclasspodstatuses"])
        #expect(ConfigType(tag: "SECRET") == .secret)
        #expect(ConfigType(tag: "secret") == nil)
        #expect(ConfigMapResource.apiResource == .configMaps)
        #expect(SecretResource.apiResource == .secrets)
        #expect("\(ConfigKey(.configMap, namespace: "a", name: "b"))" == "CONFIGMAP a/b")
    }
}
