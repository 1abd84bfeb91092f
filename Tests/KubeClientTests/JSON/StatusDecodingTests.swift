import KubeClient
import Testing

@Suite("Status decoding")
struct StatusDecodingTests {
    private func decode(
        _ code: Int, _ body: String, contentType: String? = "application/json", retryAfter: String? = nil
    ) -> Status {
        let body = Array(body.utf8)
        return unsafe decodeStatus(
            httpStatus: code, contentType: contentType, body: body.span.bytes, retryAfter: retryAfter)
    }

    @Test("a Status of the server is taken as it is")
    func status() {
        let status = decode(
            422,
            #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Deployment \"x\" is invalid","#
                + #""reason":"Invalid","details":{"name":"x","group":"apps","kind":"Deployment","causes":[{"reason":"FieldValueRequired","#
                + #""message":"Required value","field":"spec.selector"},{"message":"m"}],"retryAfterSeconds":3},"code":422}"#
        )
        #expect(
            status
                == Status(
                    code: 422, reason: "Invalid", message: "Deployment \"x\" is invalid", retryAfterSeconds: 3,
                    causes: [
                        Status.Cause(reason: "FieldValueRequired", message: "Required value", field: "spec.selector"),
                        Status.Cause(reason: "", message: "m"),
                    ]))
    }

    @Test("a Status without kind, as plain text, is one all the same")
    func statusWithoutKind() {
        let status = decode(
            504, #"{"metadata":{},"status":"Failure","message":"slow","reason":"Timeout","details":{},"code":504}"#,
            contentType: "text/plain; charset=utf-8")
        #expect(status == Status(code: 504, reason: "Timeout", message: "slow"))
    }

    // Found by the fuzzer of protobuf.
    @Test("a message of which nothing can be printed is none")
    func unprintableMessage() {
        let status = decode(503, #"{"kind":"Status","message":"\u0000\u001b"}"#)
        #expect(status.message == "the server gave no reason")
    }

    @Test(
        "a reason that is missing follows from the code",
        arguments: [
            (400, "BadRequest"), (401, "Unauthorized"), (403, "Forbidden"), (404, "NotFound"),
            (405, "MethodNotAllowed"),
            (406, "NotAcceptable"), (409, "Conflict"), (410, "Gone"), (413, "RequestEntityTooLarge"),
            (415, "UnsupportedMediaType"), (422, "Invalid"), (429, "TooManyRequests"), (500, "InternalError"),
            (502, "InternalError"), (503, "ServiceUnavailable"), (504, "Timeout"), (418, ""),
        ])
    func reasons(_ code: Int, _ reason: String) {
        #expect(decode(code, "").reason == reason)
        #expect(decode(code, #"{"kind":"Status","status":"Failure","message":"m","code":\#(code)}"#).reason == reason)
        #expect(decode(code, "plain", contentType: "text/plain").code == code)
    }

    @Test(
        "other bodies become a short message",
        arguments: [
            ("404 page not found\n", "text/plain", "404 page not found"),
            ("", "text/plain", "the server gave no reason"), (" \n", nil, "the server gave no reason"),
            ("{}", "application/json", "the server gave no reason"), ("null", nil, "the server gave no reason"),
            (
                "<html>\r\n<head><TITLE>502 Bad\n Gateway</TITLE></head><body>nginx</body></html>", "text/html",
                "an HTML page: 502 Bad Gateway"
            ),
            ("  <!DOCTYPE html><p>no title", nil, "an HTML page"), ("<title>", nil, "an HTML page"),
            ("<", nil, "an HTML page"),
            ("upstream\u{1B}[31m connect\0 error", "text/plain", "the answer is neither a Status nor text"),
            ("a\u{1B}[31mb\u{7}\u{202E}c\r\n\td", "text/plain", "a[31mbc d"),
            ("k8s\0\n\u{c}", "application/vnd.kubernetes.protobuf", "the answer is neither a Status nor text"),
        ] as [(String, String?, String)])
    func otherBodies(_ body: String, _ contentType: String?, _ message: String) {
        #expect(decode(502, body, contentType: contentType).message == message)
    }

    @Test("a long body is cut to 256 characters")
    func longBody() {
        let message = decode(500, String(repeating: "word ", count: 1000), contentType: "text/plain").message
        #expect(message.count <= 256)
        #expect(message.hasSuffix("…"))
        #expect(message.hasPrefix("word word"))
    }

    @Test("bytes that are no UTF-8 do not fail")
    func invalidUTF8() {
        let body: [UInt8] = [0xFF, 0xFE, 0x41]
        let status = unsafe decodeStatus(httpStatus: 500, contentType: nil, body: body.span.bytes, retryAfter: nil)
        #expect(status.message == "\u{FFFD}\u{FFFD}A")
    }

    @Test("of a Status that is cut off, what arrived is used")
    func truncated() {
        let body =
            #"{"kind":"Status","status":"Failure","message":"no such thing","reason":"NotFound","code":404,"details":{"na"#
        #expect(decode(404, body) == Status(code: 404, reason: "NotFound", message: "no such thing"))
        for length in 0..<body.utf8.count {
            let status = decode(404, String(body.prefix(length)))
            #expect(status.code == 404)
            #expect(status.reason == "NotFound")
            #expect(!status.message.isEmpty)
        }
    }

    @Test("a refusal cannot carry a Status of success")
    func contradictions() {
        #expect(decode(500, #"{"kind":"Status","status":"Success","code":200}"#).code == 500)
        #expect(decode(403, #"{"kind":"Status","status":"Failure","reason":"Forbidden"}"#).code == 403)
    }

    @Test("members of unexpected types read as missing")
    func oddTypes() {
        let status = decode(
            404,
            #"{"kind":"Status","message":["x"],"reason":7,"code":"404","details":{"causes":{"a":1},"retryAfterSeconds":"1"}}"#
        )
        #expect(status == Status(code: 404, reason: "NotFound", message: "the server gave no reason"))
        #expect(
            decode(404, #"{"kind":"Status","message":"m","details":[1],"causes":1}"#)
                == Status(code: 404, reason: "NotFound", message: "m"))
    }

    @Test(
        "the header says how long to wait, else the details",
        arguments: [
            ("5", nil, 5), (nil, 3, 3), ("5", 3, 5), ("0", nil, nil), ("-1", 3, 3), ("soon", nil, nil),
            ("Wed, 21 Oct 2015 07:28:00 GMT", nil, nil), (nil, 0, nil),
        ] as [(String?, Int?, Int?)])
    func retryAfter(_ header: String?, _ details: Int?, _ expected: Int?) {
        let body =
            #"{"kind":"Status","status":"Failure","details":{"retryAfterSeconds":\#(details.map(String.init) ?? "null")}}"#
        #expect(decode(429, body, retryAfter: header).retryAfterSeconds == expected)
    }
}
