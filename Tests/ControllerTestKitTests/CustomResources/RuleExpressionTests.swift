import KubeClient
import Testing

@testable import ControllerTestKit

@Suite struct RuleExpressionTests {
    private static let object = """
        {"n":3,"min":1,"max":5,"name":"web-1","host":"https://a.example:8443/x?y","cpu":"1500m","wait":"90s",
        "start":"2026-01-01T00:00:00Z","list":["b","a","b"],"ports":[{"name":"http","port":80},{"name":"tls","port":443}],
        "labels":{"app":"web","a/b":"c"},"with-dash":true,"namespace":"x","nothing":null}
        """

    @Test(arguments: [
        // Names, texts and comments.
        "self.with__dash__dash && self.__namespace__ == 'x'", #"'a\u0062\'' == "ab'" // and so on"#,
        #"r'\d' == '\\d'"#, #"'''it's''' == "it's""#, "1e3 == 1000 && 2u == 2 && 0.5 < 1",
        "self['labels']['a/b'] == 'c'",
        // Either side may decide.
        "true || self.absent > 1", "self.absent > 1 || true", "!(self.absent > 1 && false)",
        "self.list.exists(x, x.absent == 1 || x == 'a')",
        // Lists and maps.
        "self.ports.map(p, p.port) == [80, 443]", "self.ports.map(p, p.port > 100, p.name) == ['tls']",
        "self.list.filter(x, x == 'b').size() == 2", "self.ports.all(p, self.ports.exists_one(q, q.name == p.name))",
        "!self.list.isSorted() && [1, 2].isSorted() && [1, 2, 3].sum() == 6",
        "[3, 1].min() == 1 && [3, 1].max() == 3 && self.list.join('-') == 'b-a-b'",
        "self.list.indexOf('b') == 0 && self.list.lastIndexOf('b') == 2",
        "{'a': 1, 'b': [2]}.b[0] == 2 && 'app' in self.labels && self.labels.all(k, k.size() > 2)",
        "{'tcp': 1}[self.list.size() == 3 ? 'tcp' : 'udp'] == 1",
        // Optionals.
        "self.?absent.orValue(7) == 7 && self.?n.orValue(7) == 3 && !self.?absent.hasValue()",
        "self.?labels.app.value() == 'web' && self.?absent.deeper.orValue('no') == 'no'",
        "self.list[?9].orValue('none') == 'none' && self.labels[?'app'].hasValue() && !has(self.labels.none)",
        "self.?n.optMap(x, x + 1).value() == 4 && optional.of(1).value() == 1 && !optional.none().hasValue()",
        // Texts.
        "self.name.split('-')[1] == '1' && self.name.replace('web', 'db') == 'db-1'",
        "self.name.upperAscii() == 'WEB-1' && ' a '.trim() == 'a' && self.name.substring(0, 3) == 'web'",
        "self.name.indexOf('-') == 3 && self.name.charAt(4) == '1' && self.name.matches('^[a-z]+-[0-9]$')",
        "self.name.find('[0-9]') == '1' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
        "'%s has %d'.format([self.name, self.n]) == 'web-1 has 3' && string(self.n) == '3' && int('4') == 4",
        "double('0.5') < 1.0 && bool('true') && int(2.9) == 2 && dyn(self.n) == 3",
        // Kinds of their own.
        "quantity(self.cpu).isGreaterThan(quantity('1')) && quantity('1Gi').compareTo(quantity('1024Mi')) == 0",
        "isQuantity('5k') && !isQuantity('5x') && quantity('2k').asInteger() == 2000 && !quantity('1m').isInteger()",
        "quantity('1').add(quantity('500m')).isLessThan(quantity('2')) && quantity('-1').sign() == -1",
        "duration(self.wait) > duration('1m') && self.wait < duration('2m') && duration(self.wait).getSeconds() == 90",
        "timestamp(self.start) + duration('24h') == timestamp('2026-01-02T00:00:00Z')",
        "self.start < timestamp('2027-01-01T00:00:00Z')",
        "isURL(self.host) && url(self.host).getHostname() == 'a.example' && url(self.host).getPort() == '8443'",
        "url(self.host).getScheme() == 'https' && url(self.host).getHost() == 'a.example:8443'",
        "url(self.host).getEscapedPath() == '/x' && !isURL('x')",
        "isIP('10.0.0.1') && isIP('::1') && !isIP('x') && isCIDR('10.0.0.0/8')",
    ])
    func `a rule that holds`(text: String) throws {
        let rule = try #require(RuleExpression(text), "not understood")
        #expect(try rule.holds(for: .parsed(Self.object), oldSelf: nil))
    }

    @Test(arguments: [
        ("self.absent == 1", "no such key: absent"), ("self.name > 1", "no such overload"),
        ("self.n / 0 == 1", "division by zero"), ("self.list[9] == ''", "no such key: 9"),
        ("self.absent > 1 && true", "no such key: absent"), ("self.ports.all(x, x.y == 1)", "no such key: y"),
        ("self.?absent.value() == 1", "optional.none() dereference"), ("int('x') == 1", "type conversion error: x"),
        ("[].min() == 1", "min called on empty list"), ("other == 1", "undeclared reference to 'other'"),
        ("self.list.map(x, duration('1s')).size() == 3", "not known here"),
    ])
    func `a rule that cannot be decided says why`(text: String, message: String) throws {
        let rule = try #require(RuleExpression(text), "not understood")
        let error = #expect(throws: RuleExpression.EvaluationFailure.self) {
            try rule.holds(for: .parsed(Self.object), oldSelf: nil)
        }
        #expect(error?.message == message)
    }

    @Test(arguments: [
        "self.", "self.list.sortBy(x, x) == []", "type(self) == string", "self.name.size(1) == 1", "b'x' == b'x'", "'",
        "1 +", "{1}", "math.greatest(1, 2) == 2", #"'\q' == ''"#, "self.list.all(x) == true", "size() == 1", "self @ 1",
    ])
    func `what is not known is not guessed`(text: String) { #expect(RuleExpression(text) == nil) }
}
