import KubeClient
import Testing

@testable import ReloaderCore

/// Base64 of any length and shape; eight characters at a time is the fast way, not another result.
@Suite struct ScratchBase64Tests {

    private func decoded(_ text: [UInt8]) -> [UInt8]? {
        var buffer = ScratchBuffer(isSecret: false)
        guard unsafe ScratchBase64.decode(text.span.bytes, into: &buffer) else { return buffer.count == 0 ? nil : [] }
        return unsafe buffer.withBytes(0..<buffer.count) { unsafe Array($0) }
    }

    private func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var buffer = ScratchBuffer(isSecret: false)
        unsafe bytes.withUnsafeBytes { unsafe ScratchBase64.encode($0, into: &buffer) }
        return unsafe buffer.withBytes(0..<buffer.count) { unsafe Array($0) }
    }

    /// Every value of a byte, in no simple order.
    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) } }

    @Test(arguments: Array(0...70) + [255, 256, 1000])
    func `what was encoded is decoded`(count: Int) {
        #expect(decoded(encoded(bytes(count))) == bytes(count))
    }

    @Test(arguments: 0...44)
    func `a line break anywhere is passed over`(position: Int) {
        var text = encoded(bytes(33))
        text.insert(contentsOf: [0x0D, 0x0A], at: position)
        #expect(decoded(text) == bytes(33))
    }

    @Test(arguments: 0..<44)
    func `what is not of the alphabet makes the whole text malformed`(position: Int) {
        for character in [UInt8(ascii: "-"), UInt8(ascii: " "), 0x00, 0x80, 0xFF, UInt8(ascii: "=")] {
            var text = encoded(bytes(33))
            text[position] = character
            // One padding character at the very end leaves a text that stands for two bytes less.
            let isPadding = character == UInt8(ascii: "=") && position == 43
            #expect((decoded(text) == nil) == !isPadding, "\(character)")
        }
    }
}
