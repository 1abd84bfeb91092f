import Testing

@testable import KubeClient

@Suite struct ProxyExceptionsTests {
    @Test(arguments: [
        ("example.com", "https://example.com", true), ("example.com", "https://api.EXAMPLE.com:6443", true),
        ("example.com", "https://notexample.com", false), (".example.com", "https://api.example.com", true),
        (".example.com", "https://example.com", false), ("*.example.com", "https://api.example.com", true),
        ("a, b example.com", "https://example.com", true), ("example.com:6443", "https://example.com:6443", true),
        ("example.com:6443", "https://example.com", false), ("*", "https://anything", true),
        ("", "https://example.com", false), ("10.0.0.1", "https://10.0.0.1", true),
        ("10.0.0.1:443", "https://10.0.0.1", true), ("10.0.0.1:80", "https://10.0.0.1", false),
        ("10.0.0.0/8", "https://10.200.3.4", true), ("10.0.0.0/8", "https://11.0.0.1", false),
        ("10.96.0.0/12", "https://10.111.255.255", true), ("10.96.0.0/12", "https://10.112.0.0", false),
        ("10.0.0.0/0", "https://192.0.2.1", true), ("10.0.0.1/32", "https://10.0.0.2", false),
        ("10.0.0.0/33", "https://10.0.0.0", false), ("10.0.0.0/x", "https://10.0.0.0", false),
        ("fd00::/8", "https://[fd12::1]:6443", true), ("fd00::/8", "https://10.0.0.1", false),
        ("fd12:0:0::1", "https://[fd12::1]", true), ("[fd12::1]:6443", "https://[fd12::1]:6443", true),
        ("0.0.0.1", "https://10.0.0.1", false),
    ])
    func `a server is in the list or not`(list: String, server: String, isExcepted: Bool) throws {
        #expect(try ProxyExceptions(list).contain(#require(ServerAddress(server))) == isExcepted)
    }
}
