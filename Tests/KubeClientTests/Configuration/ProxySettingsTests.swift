import CCurl
import Testing

@testable import KubeClient

@Suite struct ProxySettingsTests {
    private func inferred(
        _ environment: [String: String], server: String = "https://api.test:6443"
    ) throws -> KubeConfiguration {
        let files = MemoryFiles([
            "/k": """
            current-context: c
            contexts: [{name: c, context: {cluster: k}}]
            clusters: [{name: k, cluster: {server: '\(server)'}}]
            """
        ])
        var system = KubeConfiguration.System()
        system.files = files.reader
        return try KubeConfiguration.infer(
            environment: environment.merging(["KUBECONFIG": "/k"]) { $1 }, context: nil, system: system)
    }

    // Nil would leave it to the environment of the process, which is not the one that was given.
    @Test(arguments: [
        [:], ["ALL_PROXY": "http://proxy:1"], ["all_proxy": "socks5://proxy:1"], ["HTTP_PROXY": "http://proxy:1"],
        ["HTTPS_PROXY": ""], ["HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "api.test"],
    ])
    func `an environment that names no proxy for the server means none`(environment: [String: String]) throws {
        #expect(try inferred(environment).proxyURL == "")
    }

    @Test(arguments: ["https://127.0.0.1:6443", "https://localhost"])
    func `this machine is reached without a proxy`(server: String) throws {
        #expect(try inferred(["HTTPS_PROXY": "http://proxy:1"], server: server).proxyURL == "")
    }

    @Test func `a proxy of an unknown kind is refused by the name of its variable, and its password is not told`() {
        for (variable, server) in [("HTTPS_PROXY", "https://api.test"), ("HTTP_PROXY", "http://api.test")] {
            let error = #expect(throws: KubeError.self) {
                try inferred([variable: "ftp://user:s3cret@proxy:21"], server: server)
            }
            #expect(error?.description == "\(variable): must be an http, https or socks5 URL")
        }
    }

    @Test(arguments: ["ftp://user:s3cret@proxy:21", "user:s3cret@proxy:21"])
    func `what libcurl quotes of a proxy's URL is left out, even when it is cut off`(url: String) throws {
        let server = try #require(ServerAddress("https://api.test"))
        for quoted in [url, String(url.prefix(16))] {
            for code in [CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_NOT_BUILT_IN] {
                let failure = TransportFailure(
                    .init(
                        code: code, detail: "Unsupported proxy scheme for '\(quoted)'", systemError: 0, verifyResult: 0,
                        proxyURL: Redacted(url)),
                    server: server)
                #expect(failure.description.contains("Unsupported proxy scheme for '…"))
                #expect(!failure.description.contains("s3"))
            }
        }
    }
}
