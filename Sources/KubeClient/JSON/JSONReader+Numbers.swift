extension JSONReader {
    /// An integer; fractions, exponents and overflow are errors.
    public mutating func int() throws(JSONError) -> Int {
        if let wire { return try int(of: wire) }
        guard try begins(.number, "an integer") else { return 0 }
        let start = offset
        do throws(JSONError) {
            let token = try scanNumber()
            guard token.isInteger else { throw JSONError(offset: start, reason: "expected an integer") }
            let isNegative = bytes[start] == UInt8(ascii: "-")
            var value = 0
            for index in start + (isNegative ? 1 : 0)..<token.end {
                let digit = Int(bytes[index] - UInt8(ascii: "0"))
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                // Downwards for negative numbers, because the smallest integer has no positive counterpart.
                let (sum, overflow2) =
                    isNegative
                    ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
                guard !overflow, !overflow2 else {
                    throw JSONError(offset: start, reason: "the integer does not fit into 64 bits")
                }
                value = sum
            }
            return value
        } catch {
            offset = start
            throw error
        }
    }

    /// A number as the nearest double; what is beyond the largest double is an error.
    public mutating func double() throws(JSONError) -> Double {
        if let wire { return Double(try int(of: wire)) }
        guard try begins(.number, "a number") else { return 0 }
        let start = offset
        do throws(JSONError) {
            let token = try scanNumber()
            guard let value = Double(bytes[start..<token.end].string), value.isFinite else {
                throw JSONError(offset: start, reason: "the number does not fit into a double")
            }
            return value
        } catch {
            offset = start
            throw error
        }
    }

    /// The text of a number as the document has it; `null` reads as `0`.
    public mutating func number() throws(JSONError) -> String {
        if let wire { return String(try int(of: wire)) }
        guard try begins(.number, "a number") else { return "0" }
        let start = offset
        do throws(JSONError) { return bytes[start..<(try scanNumber().end)].string } catch {
            offset = start
            throw error
        }
    }

    /// Passes over a number, checking RFC 8259 syntax.
    mutating func scanNumber() throws(JSONError) -> (end: Int, isInteger: Bool) {
        var isInteger = true
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if try currentByte() == UInt8(ascii: "0") {
            offset += 1
            if offset < bytes.count, isDigit(bytes[offset]) { throw failure("a number may not begin with 0") }
        } else {
            try scanDigits()
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try scanDigits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            offset += 1
            let sign = try currentByte()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
            try scanDigits()
        }
        return (offset, isInteger)
    }

    private mutating func scanDigits() throws(JSONError) {
        guard isDigit(try currentByte()) else { throw failure("expected a digit") }
        while offset < bytes.count, isDigit(bytes[offset]) { offset += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
