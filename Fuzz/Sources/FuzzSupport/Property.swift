/// Ends the process, so that libFuzzer keeps the input, when what must hold for every input does not.
package func expect(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError("broken: \(property())") }
}

/// The result of a call, or its error, so that two ways to the same answer can be compared.
package func outcome<Value, Failure: Error>(_ body: () throws(Failure) -> Value) -> Result<Value, Failure> {
    do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
}

/// The input that libFuzzer lends, as a copy.
package func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// The bytes in pieces of the lengths that `lengths` gives, again and again; a length of zero is a piece of none.
package func pieces(_ bytes: ArraySlice<UInt8>, lengths: [Int]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes
    var turn = 0
    while !rest.isEmpty {
        let length = lengths[turn % lengths.count]
        // As many empty pieces in a row as there are lengths would go on for ever.
        let taken = length == 0 && turn % lengths.count == 0 ? 1 : length
        pieces.append(Array(rest.prefix(taken)))
        rest = rest.dropFirst(taken)
        turn += 1
    }
    return pieces
}
