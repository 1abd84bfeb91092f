import ReloaderCore
import Testing

@testable import Reloader

@Suite struct LedgerOptionsTests {
    @Test(
        "the ledger is kept in the first namespace that is known",
        arguments: [
            (["RELOADER_NAMESPACE": "a", "POD_NAMESPACE": "b"], "c", "a"), (["POD_NAMESPACE": "b"], "c", "b"),
            (["RELOADER_NAMESPACE": ""], "c", "c"), ([:], "", nil), ([:], nil, nil),
        ] as [([String: String], String?, String?)])
    func namespace(environment: [String: String], accountNamespace: String?, expected: String?) {
        let options = LedgerOptions(ReloaderFlags(), environment: environment, accountNamespace: accountNamespace)
        #expect(options?.namespace == expected)
        if expected != nil { #expect(options?.name == "reloader-ledger") }
    }

    @Test func `it can be turned off and named, and a webhook needs none`() {
        var flags = ReloaderFlags()
        let environment = ["RELOADER_NAMESPACE": "ops"]
        flags.ledger = "mine"
        #expect(LedgerOptions(flags, environment: environment)?.name == "mine")
        flags.ledger = "off"
        #expect(LedgerOptions(flags, environment: environment) == nil)
        flags.ledger = "auto"
        flags.webhookURL = "http://example.com"
        #expect(LedgerOptions(flags, environment: environment) == nil)
    }

    @Test("a name that no ConfigMap may have is refused", arguments: ["", "A", "a_b", "-a", "a-", "a..b", "a b"])
    func names(name: String) {
        #expect(throws: UsageError.self) { try CommandLineParser.parse(["--ledger=\(name)"]) }
    }
}
