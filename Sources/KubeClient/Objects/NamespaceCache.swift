import Synchronization

/// Gives equal namespaces the same memory.
///
/// Objects are many and namespaces few, and a name of more than 15 bytes costs 64 bytes of heap with every object that
/// carries a copy. Bounded: a table with one place for each hash, so a cluster with more namespaces shares less, never
/// leaks, and pays nothing else.
final class NamespaceCache: Sendable {
    /// One for the process: the strings of all stores are shared.
    static let shared = NamespaceCache()

    private static let slotCount = 256
    // What is shorter is kept inside the string itself.
    private static let inlineLimit = 15

    private let slots = Mutex(Array(repeating: "", count: slotCount))

    /// The text as a string.
    func string(_ text: RawSpan) -> String {
        unsafe text.withUnsafeBytes { text in
            guard text.count > Self.inlineLimit else { return unsafe String(decoding: text, as: UTF8.self) }
            // FNV-1a: spreads short names well and needs no seed, for a clash costs only memory.
            var hash: UInt32 = 0x811C_9DC5
            for index in 0..<text.count { hash = unsafe (hash ^ UInt32(text[index])) &* 0x0100_0193 }
            let slot = Int((hash ^ hash >> 16) % UInt32(Self.slotCount))
            return slots.withLock { slots in
                let isSame = unsafe slots[slot].utf8.withContiguousStorageIfAvailable { kept in
                    unsafe kept.elementsEqual(text)
                }
                if isSame != true { slots[slot] = unsafe String(decoding: text, as: UTF8.self) }
                return slots[slot]
            }
        }
    }
}
