import FuzzSupport

/// A text as a flag's selector: what the program takes is what the API server takes.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let text = String(validating: input(start, count), as: UTF8.self) else { return -1 }
    expect(selectorTerms(text).joined(separator: ",") == text, "the terms are not the text")
    let modern = modernizedSelectorItem(text)
    expect(modernizedSelectorItem(modern) == modern, "what is modern is modernized once more: \(modern)")

    let server = outcome { () throws(APIFailure) in try LabelSelector(parsing: text) }
    switch (labelSelectorFault(text), server) {
    case (nil, .failure(let error)): expect(false, "the server refuses what the program takes: \(error)")
    case (let fault?, .success(let selector)):
        // Nothing at all selects everything, but nobody writes it on purpose. The server takes line ends for blanks.
        let isBlank = selector.isEmpty || text.utf8.contains(0x0A) || text.utf8.contains(0x0D)
        expect(isBlank, "the program refuses what the server takes: \(fault)")
    case (nil, .success(let selector)):
        expect(selector.matches(["a": "b"]) == selector.matches(["a": "b"]), "it selects by chance")
    case (_?, .failure): break
    }
    return 0
}
