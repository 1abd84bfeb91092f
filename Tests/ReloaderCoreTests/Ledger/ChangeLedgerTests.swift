import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct ChangeLedgerTests {
    private let config = ConfigKey(.configMap, namespace: "shop", name: "a")
    private let secret = ConfigKey(.secret, namespace: "shop", name: "s")

    private func content(_ byte: UInt8) throws -> Fingerprint {
        try #require(Fingerprint(bytes: [UInt8](repeating: byte, count: 20)))
    }

    private func version(_ text: String) -> ResourceVersion { ResourceVersion(rawValue: text) }

    private func ledger(_ parts: [LedgerPart] = []) -> ChangeLedger {
        ChangeLedger(parts) { LedgerSalt(text: "0123456789abcdef0123456789abcdef") }
    }

    /// The ledger that another process reads after this one was written.
    private func reread(_ ledger: ChangeLedger) throws -> ChangeLedger {
        self.ledger(
            try ledger.parts.map { part in
                let body = LedgerDocument.body(
                    of: part, at: ObjectKey(namespace: "ops", name: "l"), ignoreKey: "x/ignore")
                let document = try unsafe JSONReader.read(body.span.bytes) { (reader) throws(JSONError) in
                    try LedgerDocument(from: &reader)
                }
                let (read, problem) = document.part { LedgerSalt(text: "new") }
                #expect(problem == nil)
                return try #require(read)
            })
    }

    @Test func `what was never seen is unknown`() throws {
        #expect(ledger().standing(of: config, content: try content(1)) == .unknown)
        #expect(ledger().keys.isEmpty)
    }

    @Test(
        "what was applied is known to the next process by its digest alone", arguments: [ConfigType.configMap, .secret])
    func applied(type: ConfigType) throws {
        let key = ConfigKey(type, namespace: "shop", name: "a")
        var ledger = ledger()
        ledger.moveOn(key, to: try content(1), version: version("7"))
        for ledger in [ledger, try reread(ledger)] {
            #expect(ledger.standing(of: key, content: try content(1)) == .same)
            #expect(ledger.standing(of: key, content: try content(2)) == .changed)
            #expect(ledger.standing(of: key, content: nil) == .vanished)
        }
        #expect(try reread(ledger)[key]?.content == nil)
    }

    @Test func `what did not exist appears`() throws {
        var ledger = ledger()
        ledger.moveOn(config, to: nil, version: version(""))
        let next = try reread(ledger)
        #expect(next.standing(of: config, content: nil) == .same)
        #expect(next.standing(of: config, content: try content(1)) == .appeared)
    }

    @Test func `while some workloads have another content, nothing counts as the same`() throws {
        var ledger = ledger()
        ledger.moveOn(config, to: try content(1), version: version("7"))
        ledger.move(config, content: try content(2), version: version("8"))
        let next = try reread(ledger)
        #expect(next.standing(of: config, content: try content(1)) == .changed)
        #expect(next.standing(of: config, content: try content(2)) == .changed)
        ledger.moveOn(config, to: try content(2), version: version("8"))
        #expect(try reread(ledger).standing(of: config, content: try content(2)) == .same)
    }

    @Test func `a state that is older than what was applied is outdated, whatever it holds`() throws {
        var ledger = ledger()
        ledger.moveOn(config, to: try content(2), version: version("10"))
        let next = try reread(ledger)
        #expect(next.standing(of: config, content: try content(1), version: version("9")) == .outdated)
        #expect(next.standing(of: config, content: try content(1), version: version("10")) == .changed)
        #expect(next.standing(of: config, content: try content(2), version: version("11")) == .same)
        #expect(next.standing(of: config, content: try content(1), version: version("x")) == .changed)
    }

    @Test func `what moves before it was remembered is remembered as moving`() throws {
        var ledger = ledger()
        ledger.move(config, content: try content(2), version: version("8"))
        #expect(try reread(ledger).standing(of: config, content: try content(2)) == .changed)
    }

    @Test func `the version is that in which the content was seen first`() throws {
        var ledger = ledger()
        ledger.moveOn(config, to: try content(1), version: version("7"))
        ledger.moveOn(config, to: try content(1), version: version("9"))
        #expect(ledger[config]?.version == version("7"))
        ledger.moveOn(config, to: try content(2), version: version("10"))
        #expect(ledger[config]?.version == version("10"))
    }

    @Test func `only what differs is written, and what changes during a write is written after it`() throws {
        var ledger = ledger()
        #expect(ledger.dirtyParts == [0])
        ledger.moveOn(config, to: try content(1), version: version("7"))
        let written = ledger.parts[0].snapshot
        ledger.moveOn(secret, to: try content(1), version: version("8"))
        ledger.wrote(0, written, version("20"))
        #expect(ledger.dirtyParts == [0])
        ledger.wrote(0, ledger.parts[0].snapshot, version("21"))
        #expect(ledger.dirtyParts.isEmpty)
        ledger.moveOn(secret, to: try content(1), version: version("9"))
        ledger.compared(secret, same: try content(1))
        ledger.forget(ConfigKey(.secret, namespace: "shop", name: "unknown"))
        #expect(ledger.dirtyParts.isEmpty)
        ledger.forget(secret)
        #expect(ledger.dirtyParts == [0])
        #expect(ledger[secret] == nil)
    }

    @Test func `a change by somebody else is taken over, and the changes made here stay`() throws {
        let third = ConfigKey(.configMap, namespace: "shop", name: "third")
        var ours = ledger()
        ours.moveOn(config, to: try content(1), version: version("1"))
        ours.moveOn(secret, to: try content(1), version: version("2"))
        ours.moveOn(third, to: try content(1), version: version("3"))
        ours.wrote(0, ours.parts[0].snapshot, version("10"))
        ours.moveOn(config, to: try content(2), version: version("11"))
        ours.forget(third)
        for salt in ["0123456789abcdef0123456789abcdef", "another"] {
            var theirs = ChangeLedger { LedgerSalt(text: salt) }
            theirs.moveOn(config, to: try content(1), version: version("1"))
            theirs.moveOn(secret, to: try content(3), version: version("12"))
            theirs.moveOn(third, to: try content(1), version: version("3"))
            theirs.wrote(0, [:], version("13"))
            var merged = ours
            merged.merge(0, theirs.parts[0])
            #expect(merged.parts[0].version == version("13"))
            #expect(merged.standing(of: config, content: try content(2)) == .same)
            #expect(merged.standing(of: secret, content: try content(3)) == .same)
            #expect(merged[third] == nil)
            #expect(merged.dirtyParts == [0])
            #expect(try reread(merged).standing(of: config, content: try content(2)) == .same)
        }
        ours.merge(0, nil)
        #expect(ours.parts[0].version == nil)
        #expect(ours[secret] != nil)
    }

    @Test func `what another selection leaves out is unknown, until all was compared under the one of now`() throws {
        var ledger = ledger()
        ledger.moveOn(config, to: try content(1), version: version("7"))
        ledger.moveOn(secret, to: nil, version: version(""))
        #expect(try reread(ledger).standing(of: config, content: nil) == .vanished)
        var next = ChangeLedger(try reread(ledger).parts, selection: "labels x=y") { LedgerSalt(text: "new") }
        next.wrote(0, next.parts[0].snapshot, version("20"))
        #expect(next.standing(of: config, content: nil) == .unknown)
        #expect(next.standing(of: secret, content: try content(1)) == .unknown)
        #expect(next.standing(of: config, content: try content(2)) == .changed)
        next.adoptSelection()
        #expect(next.dirtyParts == [0])
        #expect(next.standing(of: config, content: nil) == .vanished)
        #expect(try reread(next).parts[0].selection == "labels x=y")
        next.wrote(0, next.parts[0].snapshot, version("21"))
        next.adoptSelection()
        #expect(next.dirtyParts.isEmpty)
        // Somebody else may have remembered what this selection leaves out.
        next.merge(0, ledger.parts[0])
        #expect(next.standing(of: config, content: nil) == .unknown)
    }

    @Test func `a large ledger has several parts, and an entry stays in its part`() throws {
        var ledger = ledger()
        for number in 0..<8000 {
            let key = ConfigKey(.configMap, namespace: "shop", name: "config-\(number)")
            ledger.moveOn(key, to: try content(1), version: version("\(number)"))
        }
        #expect(ledger.parts.count == 3)
        let bytes = ledger.parts.map {
            LedgerDocument.body(of: $0, at: ObjectKey(namespace: "ops", name: "l"), ignoreKey: "x").count
        }
        #expect(bytes.allSatisfy { $0 < 512 * 1024 })
        for part in ledger.dirtyParts { ledger.wrote(part, ledger.parts[part].snapshot, version("1")) }
        let first = ConfigKey(.configMap, namespace: "shop", name: "config-0")
        ledger.moveOn(first, to: try content(2), version: version("9"))
        #expect(ledger.dirtyParts == [0])
        #expect(try reread(ledger).keys.count == 8000)
    }
}

@Suite struct LedgerDocumentTests {
    private func part(_ data: String) throws -> (part: LedgerPart?, problem: LedgerDocument.Problem?) {
        let text = #"{"metadata":{"name":"l","namespace":"ops","resourceVersion":"5"},"data":\#(data)}"#
        let document = try unsafe JSONReader.read(Array(text.utf8).span.bytes) { (reader) throws(JSONError) in
            try LedgerDocument(from: &reader)
        }
        return document.part { LedgerSalt(text: "new") }
    }

    @Test func `lines that cannot be read are counted and cost their configs alone`() throws {
        let good = #"CONFIGMAP a 00000000000000ff 42"#
        let bad = [
            "x", "CONFIGMAP a", "CONFIGMAP b zz 1", "NOTHING c 00000000000000ff 1", "SECRET d 00000000000000ff 1 ?",
        ]
        let text = ([good] + bad + [#"SECRET s - - *"#]).joined(separator: #"\n"#)
        let (part, problem) = try part(#"{"_format":"1","_salt":"abc","shop":"\#(text)"}"#)
        #expect(problem == .damaged(bad.count))
        #expect(part?.entries.count == 2)
        let entry = part?.entries[ConfigKey(.configMap, namespace: "shop", name: "a")]
        #expect(entry?.digest == 255)
        #expect(entry?.version == ResourceVersion(rawValue: "42"))
        #expect(part?.entries[ConfigKey(.secret, namespace: "shop", name: "s")]?.isMoving == true)
        #expect(part?.version == ResourceVersion(rawValue: "5"))
    }

    @Test(
        "what is something else is left alone",
        arguments: [#"{"key":"value"}"#, #"{"_format":"2","_salt":"abc"}"#, #"{"_format":"1"}"#])
    func foreign(data: String) throws {
        let (part, problem) = try part(data)
        #expect(part == nil)
        #expect(problem == .foreign)
    }

    @Test("an empty ConfigMap is filled", arguments: ["{}", "null", "[]"])
    func empty(data: String) throws {
        let (part, problem) = try part(data)
        #expect(part?.salt == LedgerSalt(text: "new"))
        #expect(problem == nil)
    }

    @Test func `digests differ between configs, salts and types, so that none can be tried on another`() throws {
        let content = Fingerprint.empty
        let digests = [
            LedgerSalt(text: "x").digest(content, of: ConfigKey(.configMap, namespace: "shop", name: "a")),
            LedgerSalt(text: "x").digest(content, of: ConfigKey(.configMap, namespace: "shop", name: "b")),
            LedgerSalt(text: "x").digest(content, of: ConfigKey(.secret, namespace: "shop", name: "a")),
            LedgerSalt(text: "y").digest(content, of: ConfigKey(.configMap, namespace: "shop", name: "a")),
        ]
        #expect(!digests.contains(nil))
        #expect(Set(digests).count == digests.count)
    }

    @Test func `the names of a ledger's parts are its own, and no others`() {
        let options = LedgerOptions(namespace: "ops")
        func owns(_ name: String, _ namespace: String = "ops", _ type: ConfigType = .configMap) -> Bool {
            options.owns(ConfigKey(type, namespace: namespace, name: name))
        }
        #expect(owns("reloader-ledger"))
        #expect(owns("reloader-ledger-12"))
        #expect(!owns("reloader-ledger-mine"))
        #expect(!owns("reloader-ledgers"))
        #expect(!owns("reloader-ledger", "shop"))
        #expect(!owns("reloader-ledger", "ops", .secret))
    }
}
