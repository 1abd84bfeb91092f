import TestSupport
import Testing

@testable import KubeClient

@Suite struct TokenFileTests {
    private let files = MemoryFiles(["/token": " one\n"])
    private let clock = StoppedClock()

    private func token(fallback: String? = nil) -> TokenFile {
        TokenFile(path: "/token", fallback: fallback, clock: clock, files: files.reader)
    }

    private func header(_ token: TokenFile) async throws(KubeError) -> String? {
        try await token.headers().first?.value
    }

    @Test("the token goes into the Authorization header, without white space around it")
    func header() async throws {
        let headers = try await token().headers()
        #expect(headers.map(\.name) == ["Authorization"])
        #expect(headers.map(\.value) == ["Bearer one"])
    }

    @Test("the file is read again when the token is 50 seconds old, and not before")
    func rereading() async throws {
        let token = token()
        #expect(try await header(token) == "Bearer one")
        files["/token"] = "two"
        clock.advance(by: .seconds(49))
        #expect(try await header(token) == "Bearer one")
        #expect(files.reads == 1)
        clock.advance(by: .seconds(1))
        #expect(try await header(token) == "Bearer two")
        #expect(try await header(token) == "Bearer two")
        #expect(files.reads == 2)
    }

    @Test("while the file cannot be read, or is empty, the last token stays in use", arguments: [nil, "!", "", " \n"])
    func unreadable(contents: String?) async throws {
        let token = token()
        #expect(try await header(token) == "Bearer one")
        files["/token"] = contents
        clock.advance(by: .seconds(3600))
        #expect(try await header(token) == "Bearer one")
        files["/token"] = "two"
        #expect(try await header(token) == "Bearer two")
    }

    @Test("a rejected token is read again at once")
    func rejection() async throws {
        let token = token()
        let headers = try await token.headers()
        files["/token"] = "two"
        await token.rejected(headers)
        #expect(try await header(token) == "Bearer two")
    }

    @Test("a rejection of an older token leaves the newer one alone")
    func lateRejection() async throws {
        let token = token()
        let old = try await token.headers()
        files["/token"] = "two"
        clock.advance(by: .seconds(60))
        #expect(try await header(token) == "Bearer two")
        await token.rejected(old)
        #expect(try await header(token) == "Bearer two")
        #expect(files.reads == 2)
    }

    @Test("a rejected token is not used again while the file cannot be read")
    func rejectedAndUnreadable() async throws {
        let token = token()
        await token.rejected(try await token.headers())
        files["/token"] = nil
        let error = await #expect(throws: KubeError.self) { try await token.headers() }
        #expect(error?.code == .credentials)
        #expect(error?.message == "token file: cannot read /token: No such file or directory")
    }

    @Test("a fallback is used until the file can be read")
    func fallback() async throws {
        files["/token"] = nil
        let token = token(fallback: "inline")
        #expect(try await header(token) == "Bearer inline")
        files["/token"] = "one"
        #expect(try await header(token) == "Bearer one")
    }

    @Test("a token that would break out of its header is refused, and not shown")
    func injection() async {
        files["/token"] = "sesame\r\nX-Evil: 1"
        let error = await #expect(throws: KubeError.self) { try await token().headers() }
        #expect(error?.message == "token file: /token holds characters that no HTTP header can carry")
    }
}

@Suite struct CredentialsTests {
    @Test("a password is sent as Basic")
    func basic() async throws {
        let headers = try await BasicCredentials(username: "Aladdin", password: "open sesame").headers()
        #expect(headers.map(\.value) == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
    }

    @Test("a token with control characters, or none, is refused", arguments: ["", "a\nb", "a\u{0}", "a\u{7F}"])
    func token(text: String) { #expect(BearerToken(text) == nil) }

    @Test("nothing secret shows up in a description or a dump")
    func redaction() async throws {
        let token = TokenFile(
            path: "/token", clock: StoppedClock(), files: MemoryFiles(["/token": "hunter2"]).reader)
        _ = try await token.headers()
        var configuration = KubeConfiguration(server: "https://host")
        configuration.tls.clientIdentity = ClientIdentity(certificate: [], privateKey: Array("hunter2".utf8))
        let all: [any Credentials] = try [
            #require(BearerToken("hunter2")), BasicCredentials(username: "me", password: "hunter2"), token,
        ]
        for credentials in all {
            configuration.credentials = credentials
            var text = "\(configuration) \(String(reflecting: configuration)) \(credentials)"
            dump(configuration, to: &text)
            dump(credentials, to: &text)
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104\n"), "the key's bytes")
        }
        configuration.credentials = BasicCredentials(username: "me", password: "hunter2")
        configuration.namespace = "apps"
        #expect("\(configuration)" == "https://host:443, namespace apps, password of me, client certificate")
        configuration.server = "https://me:hunter2@host"
        #expect(!"\(configuration)".contains("hunter2"))
    }
}
