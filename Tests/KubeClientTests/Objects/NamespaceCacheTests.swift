import Testing

@testable import KubeClient

@Suite struct NamespaceCacheTests {
    @Test("whatever was asked for before, the text that was asked for comes back")
    func text() {
        let cache = NamespaceCache()
        // Several times as many as there are places, and short ones that are never shared.
        for _ in 0..<2 {
            for number in 0..<1000 {
                for name in ["team-with-a-long-name-\(number)", "n\(number)", ""] {
                    #expect(unsafe cache.string(Array(name.utf8).span.bytes) == name)
                }
            }
        }
    }

    @Test("long names that are equal share their memory")
    func sharing() {
        let cache = NamespaceCache()
        func address() -> UnsafeRawPointer? {
            unsafe cache.string(Array("team-with-a-long-name".utf8).span.bytes).utf8
                .withContiguousStorageIfAvailable { unsafe UnsafeRawPointer($0.baseAddress) } ?? nil
        }
        let (first, second) = unsafe (address(), address())
        #expect(unsafe first != nil && first == second)
    }
}
