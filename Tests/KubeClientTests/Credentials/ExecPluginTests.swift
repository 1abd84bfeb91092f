import Testing

@testable import KubeClient

@Suite struct ExecPluginTests {
    private var plugin = ExecPlugin(command: "/bin/plugin", version: .v1)

    private func answer(_ text: String, code: Int32 = 0, diagnostics: String = "") -> Program.Outcome {
        Program.Outcome(ending: .exited(code), output: Array(text.utf8), diagnostics: Array(diagnostics.utf8))
    }

    private func credential(_ status: String, version: String = "v1") -> Program.Outcome {
        answer(
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/\#(version)","status":\#(status)}"#)
    }

    private func failure(_ outcome: Program.Outcome) -> String? {
        do {
            _ = try plugin.grant(from: outcome)
            return nil
        } catch {
            #expect(error.code == .credentials)
            return "\(error)"
        }
    }

    @Test func `the program is told what is asked for, and whether it may ask`() throws {
        var plugin = plugin
        plugin.arguments = ["get", "token"]
        plugin.environment = ["AWS_PROFILE": "prod"]
        let program = try plugin.program(hasTerminal: false)
        #expect(program.file == "/bin/plugin")
        #expect(program.arguments == ["get", "token"])
        #expect(program.environment["AWS_PROFILE"] == "prod")
        #expect(!program.isInteractive)
        #expect(
            program.environment["KUBERNETES_EXEC_INFO"]
                == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"#
        )
    }

    @Test func `the cluster is told on demand, with what the kubeconfig has for plugins`() throws {
        var plugin = plugin
        plugin.cluster = ExecPlugin.Cluster(
            server: "https://h:6443", serverName: "api", skipsVerification: true, certificateAuthority: [1, 2, 3],
            proxyURL: "http://proxy", extra: ["audience": "x"])
        let info = try #require(try plugin.program(hasTerminal: true).environment["KUBERNETES_EXEC_INFO"])
        let value = try JSONValue(parsing: Array(info.utf8))
        #expect(
            value["spec"]
                == [
                    "cluster": [
                        "server": "https://h:6443", "tls-server-name": "api", "insecure-skip-tls-verify": true,
                        "certificate-authority-data": "AQID", "proxy-url": "http://proxy", "config": ["audience": "x"],
                    ],
                    "interactive": true,
                ])
    }

    @Test(arguments: [
        (ExecPlugin.InteractiveMode.never, true, false as Bool?), (.never, false, false), (.ifAvailable, true, true),
        (.ifAvailable, false, false), (.always, true, true), (.always, false, nil),
    ])
    func `a person is asked only as the mode and the terminal allow`(
        mode: ExecPlugin.InteractiveMode, hasTerminal: Bool, isInteractive: Bool?
    ) throws {
        var plugin = plugin
        plugin.interactiveMode = mode
        #expect((try? plugin.program(hasTerminal: hasTerminal))?.isInteractive == isInteractive)
        if isInteractive == nil {
            #expect {
                try plugin.program(hasTerminal: hasTerminal)
            } throws: {
                "\($0)".contains("needs a terminal") && ($0 as? KubeError)?.code == .credentials
            }
        }
    }

    @Test func `a token becomes a header, until it expires`() throws {
        let grant = try plugin.grant(
            from: credential(#"{"token":"abc","expirationTimestamp":"2026-11-22T10:02:08Z"}"#))
        #expect(grant.credential == RequestCredential(headers: [("Authorization", "Bearer abc")]))
        #expect(grant.expiry == Timestamp(seconds: 1_795_341_728))
    }

    @Test func `a certificate with its key becomes an identity, beside a token or without one`() throws {
        let pair =
            #""clientCertificateData":"-----BEGIN CERTIFICATE-----\nx","clientKeyData":"-----BEGIN PRIVATE KEY-----\ny""#
        let identity = ClientIdentity(
            certificate: Array("-----BEGIN CERTIFICATE-----\nx".utf8),
            privateKey: Array("-----BEGIN PRIVATE KEY-----\ny".utf8))
        #expect(
            try plugin.grant(from: credential("{\(pair)}")).credential == RequestCredential(clientIdentity: identity))
        let both = try plugin.grant(from: credential(#"{"token":"t",\#(pair),"expirationTimestamp":null}"#))
        #expect(
            both.credential
                == RequestCredential(headers: [("Authorization", "Bearer t")], clientIdentity: identity))
        #expect(both.expiry == nil)
    }

    @Test func `what is no credential is an error that says what is wrong`() {
        #expect(failure(answer("")) == "exec plugin /bin/plugin wrote nothing")
        #expect(failure(answer("<html>"))?.contains("did not write an ExecCredential in JSON") == true)
        #expect(failure(answer(#"{"kind":"Pod"}"#)) == "exec plugin /bin/plugin wrote JSON that is no ExecCredential")
        #expect(
            failure(credential(#"{"token":"x"}"#, version: "v1beta1"))
                == "exec plugin /bin/plugin is configured to use client.authentication.k8s.io/v1, "
                + "and answered in client.authentication.k8s.io/v1beta1")
        for status in ["null", "[]"] {
            #expect(failure(credential(status))?.contains("gave no status") == true)
        }
        #expect(failure(credential("{}"))?.contains("neither a token nor a client certificate") == true)
        #expect(failure(credential(#"{"token":"a\nb"}"#))?.contains("no HTTP header can carry") == true)
        #expect(
            failure(credential(#"{"clientCertificateData":"-----BEGIN CERTIFICATE-----"}"#))?.contains(
                "without its key")
                == true)
        #expect(
            failure(credential(#"{"clientKeyData":"-----BEGIN PRIVATE KEY-----"}"#))?
                .contains("without the certificate") == true)
        #expect(failure(credential(#"{"clientCertificateData":"x","clientKeyData":"y"}"#))?.contains("not PEM") == true)
        #expect(
            failure(credential(#"{"token":"x","expirationTimestamp":"tomorrow"}"#))?.contains("not RFC 3339") == true)
    }

    @Test func `a program that fails is quoted from its standard error alone`() {
        let outcome = answer("the-token", code: 255, diagnostics: "Unable to locate\ncredentials\u{1B}[0m\n")
        #expect(failure(outcome) == "exec plugin /bin/plugin exited with code 255: Unable to locate credentials[0m")
        #expect(
            failure(Program.Outcome(ending: .signalled(9), output: []))
                == "exec plugin /bin/plugin was ended by signal 9")
    }

    @Test func `a program that is missing comes with the hint how to install it`() {
        var plugin = plugin
        plugin.installHint = "Install it with: brew install plugin"
        #expect(
            "\(plugin.error(.notStarted(2)))"
                == "exec plugin /bin/plugin cannot be started: no such file or directory\n"
                + "Install it with: brew install plugin")
    }

    @Test func `no part of the output is in an error`() {
        let canary = "hunter2"
        let outcomes = [
            answer(canary), answer(#"{"kind":"\#(canary)"}"#), answer(canary, code: 1),
            answer(
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"\#(canary)""#
            ),
            credential(#"{"token":"\#(canary)\n"}"#), credential(#"{"clientKeyData":"\#(canary)"}"#),
            credential(#"{"clientKeyData":"\#(canary)","clientCertificateData":"\#(canary)"}"#),
            credential(#"{"token":"\#(canary)","expirationTimestamp":"\#(canary)"}"#),
            credential(#"{"token":["\#(canary)"]}"#),
        ]
        for outcome in outcomes {
            #expect(failure(outcome) != nil)
            #expect(failure(outcome)?.contains(canary) == false)
        }
    }
}
