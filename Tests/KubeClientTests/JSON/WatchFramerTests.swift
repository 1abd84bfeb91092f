import KubeClient
import Testing

@Suite("WatchFramer")
struct WatchFramerTests {
    private func frames(_ bytes: [UInt8], by length: Int, limit: Int = 8 << 20) throws(KubeError) -> [String] {
        var framer = WatchFramer(limit: limit)
        var frames: [String] = []
        for piece in pieces(bytes, of: length) {
            try unsafe framer.receive(piece.span.bytes) { frames.append(String(decoding: copy($0), as: UTF8.self)) }
        }
        try framer.finish()
        return frames
    }

    @Test("one frame a line, whatever the pieces", arguments: [1, 2, 3, 7, 64, 1000])
    func lines(_ length: Int) throws {
        #expect(try frames(Array("{\"a\":1}\n{\"b\":2}\n{}\n".utf8), by: length) == ["{\"a\":1}", "{\"b\":2}", "{}"])
    }

    @Test("blank lines are no frames", arguments: [1, 2, 100])
    func blankLines(_ length: Int) throws {
        #expect(try frames(Array("\n\n{}\n\r\n \t\n{}\n\n".utf8), by: length) == ["{}", "{}"])
        #expect(try frames([], by: length) == [])
        #expect(try frames(Array("\n".utf8), by: length) == [])
    }

    @Test("other Unicode line ends survive inside strings", arguments: [1, 5, 100])
    func unicodeLineEnds(_ length: Int) throws {
        let frame = "{\"a\":\"x\u{2028}y\u{2029}z\u{85}\u{B}\u{C}\"}"
        #expect(try frames(Array("\(frame)\n\(frame)\n".utf8), by: length) == [frame, frame])
    }

    @Test("an object of 2 MiB in pieces of one byte")
    func largeObject() throws {
        let frame = "{\"data\":\"\(String(repeating: "x", count: 2 << 20))\"}"
        let found = try frames(Array("\(frame)\n{}\n".utf8), by: 1)
        #expect(found.count == 2)
        #expect(found.first == frame)
    }

    @Test("a stream that ends inside a frame is refused", arguments: ["{", "{}\n{\"a\":1}", "{}\n\n{"])
    func truncated(_ text: String) {
        let error = #expect(throws: KubeError.self) { try frames(Array(text.utf8), by: 2) }
        #expect(error?.code == .decoding)
        #expect(error?.message == "the watch was cut off inside an event")
    }

    @Test("a frame over the limit is refused, and the limit named", arguments: [1, 6, 1000])
    func limit(_ length: Int) throws {
        let text = Array("{\"a\":1}\n{\"a\":1}\n".utf8)
        #expect(try frames(text, by: length, limit: 7).count == 2)
        let error = #expect(throws: KubeError.self) { try frames(text, by: length, limit: 6) }
        #expect(error?.message == "an event of the watch is larger than 6 bytes, the most that is accepted")
    }

    @Test("an error of the body comes through")
    func bodyError() {
        var framer = WatchFramer()
        let text = Array("{}\n{}\n".utf8)
        let error = #expect(throws: KubeError.self) {
            try unsafe framer.receive(text.span.bytes) { (_) throws(KubeError) in throw KubeError(.cancelled, "mine") }
        }
        #expect(error?.message == "mine")
    }

    @Test("random frames in random pieces come out as they went in")
    func random() throws {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let sent = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                JSONValue.array([randomValue(depth: 4, &random)]).description
            }
            let length = Int.random(in: 1...30, using: &random)
            #expect(try frames(Array(sent.map { $0 + "\n" }.joined().utf8), by: length) == sent, "\(random)")
        }
    }
}

@Suite("Watch events")
struct WatchEventDecodingTests {
    private func event(_ text: String) throws(KubeError) -> WatchEvent<ObjectMetadata> {
        let frame = Array(text.utf8)
        return try unsafe decodeWatchEvent(frame.span.bytes, as: ObjectMetadata.self)
    }

    @Test("added, modified and deleted carry the object, in either order of members")
    func objects() throws {
        let object = #""object":{"kind":"Pod","metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7"}}"#
        for text in ["ADDED", "MODIFIED", "DELETED"].flatMap({
            ["{\"type\":\"\($0)\",\(object)}", "{\(object),\"type\":\"\($0)\"}"]
        }) {
            let found: (name: String, object: ObjectMetadata)? =
                switch try event(text) {
                case .added(let object): ("ADDED", object)
                case .modified(let object): ("MODIFIED", object)
                case .deleted(let object): ("DELETED", object)
                case .bookmark: nil
                }
            let (name, metadata) = try #require(found)
            #expect(text.contains(name))
            #expect(metadata.id == ObjectKey(namespace: "n", name: "a"))
            #expect(metadata.uid == "u")
            #expect(metadata.resourceVersion.rawValue == "7")
        }
    }

    @Test(
        "bookmarks carry the version and whether the initial events are over",
        arguments: [
            (
                #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9","creationTimestamp":null}}}"#,
                false
            ),
            (
                #"{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":"9"}}}"#,
                true
            ),
            (
                #"{"object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}},"type":"BOOKMARK"}"#,
                true
            ),
            (
                #"{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"false"},"resourceVersion":"9"}}}"#,
                false
            ),
            (
                #"{"type":"BOOKMARK","object":{"metadata":{"annotations":{"other":"true"},"resourceVersion":"9"},"spec":{"x":[1]}}}"#,
                false
            ),
        ])
    func bookmarks(_ text: String, _ ends: Bool) throws {
        guard case .bookmark(let version, endsInitialEvents: let found) = try event(text) else {
            Issue.record("not a bookmark")
            return
        }
        #expect(version.rawValue == "9")
        #expect(found == ends)
    }

    @Test("an error is thrown with the server's Status")
    func errors() {
        let error = #expect(throws: KubeError.self) {
            try event(
                #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","#
                    + #""message":"too old resource version: 1 (5)","reason":"Expired","code":410}}"#)
        }
        #expect(error?.code == .status)
        #expect(error?.isExpired == true)
        #expect(error?.message == "too old resource version: 1 (5)")
    }

    @Test(
        "what is no event is a decoding error without the document's text",
        arguments: [
            #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":null}"#, #"{"type":"ADDED","object":["hunter2"]}"#,
            #"{"type":"hunter2","object":{"metadata":{"name":"a"}}}"#, #"{"object":{"metadata":{"name":"hunter2"}}}"#,
            #"{"type":"BOOKMARK","object":{"metadata":{}}}"#, #"{"type":"BOOKMARK"}"#, #"{"type":"ERROR"}"#,
            #"{"type":"ERROR","object":{"kind":"Pod","message":"hunter2"}}"#,
            #"{"type":"ADDED","object":{"hunter2":}}"#,
            #"{"type":"ADDED","object":{}"#, "{}", "null", "[]", "hunter2", #"{"type":1,"object":{}}"#,
            #"{"type":"ADDED","object":{}} hunter2"#,
        ])
    func malformed(_ text: String) {
        let error = #expect(throws: KubeError.self) { try event(text) }
        #expect(error?.code == .decoding)
        #expect(error?.description.contains("hunter2") == false)
    }
}
