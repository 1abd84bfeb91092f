import Testing

@testable import KubeClient

@Suite struct ServerAddressTests {
    @Test(
        "a URL is taken apart",
        arguments: [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443"), ("https://host", "https://host:443"),
            ("http://host/", "http://host:80"), ("HTTPS://Host:1/a/b//", "https://Host:1/a/b"),
            ("https://[fd00::1]:6443", "https://[fd00::1]:6443"), ("https://[::1]", "https://[::1]:443"),
            ("host:6443", "https://host:6443"),
        ])
    func valid(url: String, expected: String) { #expect(ServerAddress(url)?.description == expected) }

    @Test(
        "anything else is refused",
        arguments: [
            "", "https://", "ftp://host", "https://user:pw@host", "https://host?x=1", "https://host#x",
            "https://host:0", "https://host:65536", "https://host:x", "https://[::1", "https://ho st",
            "https://host\r\nX: y",
            "https://[::1]x", "unix:///run/sock", "https://host\\x",
        ])
    func invalid(url: String) { #expect(ServerAddress(url) == nil) }

    @Test("without a scheme, TLS settings decide")
    func assumption() {
        #expect(ServerAddress("host", assumingSecure: false)?.description == "http://host:80")
        #expect(ServerAddress("http://host", assumingSecure: true)?.isSecure == false)
    }

    @Test(
        "this machine is told apart",
        arguments: [("127.0.0.1", true), ("localhost", true), ("[::1]", true), ("127x", false), ("10.0.0.1", false)])
    func loopback(host: String, expected: Bool) { #expect(ServerAddress("http://\(host)")?.isLoopback == expected) }
}
