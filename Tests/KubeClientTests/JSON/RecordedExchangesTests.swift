import KubeClient
import Testing

/// What a real API server sent must read, and be written again as it was.
@Suite("Recorded exchanges", .enabled(if: RecordedExchanges.areAvailable, RecordedExchanges.absence))
struct RecordedExchangesTests {
    @Test("every transcript parses, and its tree writes the same document", arguments: RecordedExchanges.names)
    func transcripts(_ name: String) throws {
        let text = try RecordedExchanges.text(name)
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.bytes) == value)
        #expect(try JSONValue(parsing: Array(value.prettyPrinted().utf8)) == value)
        try read(text) { (reader) throws(JSONError) in try reader.skip() }
    }

    @Test(
        "every JSON answer parses, and is written byte for byte when it is compact", arguments: RecordedExchanges.names)
    func answers(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.contentType.contains("json") {
            guard let body = step.body, !body.isEmpty else { continue }
            // The server writes a line feed after compact documents.
            let trimmed = body.hasSuffix("\n") ? String(body.dropLast()) : body
            let value = try parse(trimmed)
            let isIndented = trimmed.hasPrefix("{\n") || trimmed.hasPrefix("[\n")
            #expect((isIndented ? value.prettyPrinted() : value.description) == trimmed, "\(step)")
            #expect(try decode(UnstructuredObject.self, trimmed).value == value, "\(step)")
        }
    }

    @Test("every JSON frame of a watch parses and is written byte for byte", arguments: RecordedExchanges.names)
    func frames(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.contentType.contains("json") {
            for frame in step.frames {
                #expect(try parse(frame).description + "\n" == frame, "\(step)")
            }
        }
    }

    @Test("the frames of a watch come out of the stream as they went in", arguments: RecordedExchanges.names)
    func framing(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.contentType.contains("json") && !step.frames.isEmpty {
            let stream = Array(step.frames.joined().utf8)
            for length in [1, 7, 64, 1000] {
                var framer = WatchFramer()
                var found: [String] = []
                for piece in pieces(stream, of: length) {
                    try unsafe framer.receive(piece.span.bytes) {
                        found.append(String(decoding: copy($0), as: UTF8.self) + "\n")
                    }
                }
                try framer.finish()
                #expect(found == step.frames, "\(step)")
            }
        }
    }

    @Test("every frame of a watch decodes as the event it is", arguments: RecordedExchanges.names)
    func events(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.contentType.contains("json") {
            for frame in step.frames {
                let tree = try parse(frame)
                // The metadata of a table's objects is in its rows.
                guard tree[at: "/object/kind"] != "Table" else { continue }
                let metadata = tree[at: "/object/metadata"]
                let type = try #require(tree["type"]?.string)
                let bytes = Array(frame.utf8)
                do throws(KubeError) {
                    let event = try unsafe decodeWatchEvent(bytes.span.bytes, as: ObjectMetadata.self)
                    switch event {
                    case .added(let object), .modified(let object), .deleted(let object):
                        #expect(["ADDED", "MODIFIED", "DELETED"].contains(type), "\(step)")
                        #expect(object.name == metadata?["name"]?.string, "\(step)")
                        #expect(object.uid == metadata?["uid"]?.string, "\(step)")
                        #expect(object.resourceVersion.rawValue == metadata?["resourceVersion"]?.string, "\(step)")
                        #expect(object.labels == strings(metadata?["labels"]), "\(step)")
                        #expect(object.annotations == strings(metadata?["annotations"]), "\(step)")
                    case .bookmark(let version, let endsInitialEvents):
                        #expect(type == "BOOKMARK", "\(step)")
                        #expect(version.rawValue == metadata?["resourceVersion"]?.string, "\(step)")
                        let mark = metadata?["annotations"]?["k8s.io/initial-events-end"]?.string
                        #expect(endsInitialEvents == (mark == "true"), "\(step)")
                    }
                } catch {
                    #expect(type == "ERROR", "\(step): \(error)")
                    #expect(error.status?.code == tree[at: "/object/code"]?.int, "\(step)")
                    #expect(error.status?.reason == tree[at: "/object/reason"]?.string, "\(step)")
                    #expect(error.message == tree[at: "/object/message"]?.string, "\(step)")
                }
            }
        }
    }

    @Test("lists in pieces of any size give the items of the tree", arguments: RecordedExchanges.names)
    func lists(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.status == 200 && step.contentType.contains("json") {
            guard let body = step.body, let tree = try? parse(body), let items = tree["items"]?.array,
                tree["kind"]?.string?.hasSuffix("List") == true
            else { continue }
            for length in [1, 7, 64, 1000] {
                var framer = ListFramer()
                var found: [JSONValue] = []
                for piece in pieces(Array(body.utf8), of: length) {
                    try unsafe framer.receive(piece.span.bytes) { (item) throws(KubeError) in
                        found.append((try? JSONValue(parsing: item)) ?? .null)
                    }
                }
                let metadata = try framer.finish()
                #expect(found == items, "\(step)")
                #expect(framer.kind == tree["kind"]?.string, "\(step)")
                let version = tree[at: "/metadata/resourceVersion"]?.string ?? ""
                #expect(metadata.resourceVersion.rawValue == version, "\(step)")
                let token = tree[at: "/metadata/continue"]?.string ?? ""
                #expect(metadata.continueToken ?? "" == token, "\(step)")
                #expect(metadata.remainingItemCount == tree[at: "/metadata/remainingItemCount"]?.int, "\(step)")
            }
        }
    }

    @Test("every refusal becomes a Status with its code, reason and message", arguments: RecordedExchanges.names)
    func refusals(_ name: String) throws {
        for step in try RecordedExchanges.steps(name) where step.status >= 400 {
            guard let body = step.body else { continue }
            let bytes = Array(body.utf8)
            let status = unsafe decodeStatus(
                httpStatus: step.status, contentType: step.contentType, body: bytes.span.bytes, retryAfter: nil)
            #expect(status.code == step.status, "\(step)")
            #expect(!status.reason.isEmpty, "\(step)")
            if let tree = try? parse(body), tree["status"]?.string == "Failure" {
                if let reason = tree["reason"]?.string { #expect(status.reason == reason, "\(step)") }
                #expect(status.causes.count == tree[at: "/details/causes"]?.array?.count ?? 0, "\(step)")
                #expect(status.retryAfterSeconds == tree[at: "/details/retryAfterSeconds"]?.int, "\(step)")
            } else {
                #expect(status.message.count <= 256, "\(step)")
            }
        }
    }

    private func strings(_ value: JSONValue?) -> [String: String] {
        var strings: [String: String] = [:]
        for member in value?.object?.members ?? [] { strings[member.name] = member.value.string }
        return strings
    }
}
