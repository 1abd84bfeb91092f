import KubeClient
import Testing

@Suite struct RetryAfterLimitTests {
    private func decode(_ body: String, retryAfter: String?) -> Status {
        let body = Array(body.utf8)
        return unsafe decodeStatus(
            httpStatus: 503, contentType: "application/json", body: body.span.bytes, retryAfter: retryAfter)
    }

    @Test(arguments: ["86401", "9223372036854775807"])
    func `no server keeps a client away for more than a day`(seconds: String) {
        #expect(decode("{}", retryAfter: seconds).retryAfterSeconds == 86_400)
        let body = #"{"kind":"Status","status":"Failure","details":{"retryAfterSeconds":\#(seconds)}}"#
        #expect(decode(body, retryAfter: nil).retryAfterSeconds == 86_400)
    }
}
