import KubeClient
import Testing

@testable import Sandbox

private func config(_ data: [String: String]) -> Manifest { Manifest(json: .make(("data", .make(data)))) }

private let pod = Manifest(
    json: .make(
        (
            "metadata",
            .make(
                ("name", .string("web-1")), ("namespace", .string("test")), ("uid", .string("u")),
                ("labels", .make(["app": "web"])))
        )))

private func variable(_ name: String, _ source: String, _ configName: String, _ key: String, optional: Bool = false)
    -> JSONValue
{
    .make(
        ("name", .string(name)),
        (
            "valueFrom",
            .make(
                (
                    source,
                    .make(
                        ("name", .string(configName)), ("key", .string(key)),
                        ("optional", optional ? .bool(true) : nil))
                ))
        ))
}

private func container(env: [JSONValue] = [], envFrom: [JSONValue] = []) -> JSONValue {
    .make(("env", .array(env)), ("envFrom", .array(envFrom)))
}

@Suite struct ContainerEnvironmentTests {
    let environment = ContainerEnvironment(
        pod: pod, configMaps: ["c": config(["a": "1", "b": "2"])], secrets: ["s": config(["a": "w6Q=", "p": "cA=="])])

    @Test("variables come from ConfigMaps, Secrets, the pod and themselves; later ones win")
    func sources() throws {
        let container = container(
            env: [
                .make(("name", .string("PLAIN")), ("value", .string("x"))),
                variable("FROM_CONFIG", "configMapKeyRef", "c", "a"), variable("FROM_SECRET", "secretKeyRef", "s", "a"),
                .make(
                    ("name", .string("POD")),
                    ("valueFrom", .make(("fieldRef", .make(("fieldPath", .string("metadata.name"))))))),
                .make(
                    ("name", .string("LABEL")),
                    ("valueFrom", .make(("fieldRef", .make(("fieldPath", .string("metadata.labels['app']"))))))),
                .make(("name", .string("COMPOSED")), ("value", .string("$(PLAIN)-$(FROM_CONFIG)-$(NONE)-$$(PLAIN)"))),
                .make(("name", .string("b")), ("value", .string("mine"))),
                variable("ABSENT", "configMapKeyRef", "c", "zzz", optional: true),
            ],
            envFrom: [
                .make(("configMapRef", .make(("name", .string("c"))))),
                .make(("prefix", .string("S_")), ("secretRef", .make(("name", .string("s"))))),
                .make(("secretRef", .make(("name", .string("none")), ("optional", .bool(true))))),
            ])
        #expect(
            try environment.variables(of: container) == [
                "a": "1", "b": "mine", "S_a": "ä", "S_p": "p", "PLAIN": "x", "FROM_CONFIG": "1", "FROM_SECRET": "ä",
                "POD": "web-1", "LABEL": "web", "COMPOSED": "x-1-$(NONE)-$(PLAIN)",
            ])
    }

    @Test(
        "what is missing and not optional keeps the container from starting, in the kubelet's words",
        arguments: [
            (variable("A", "configMapKeyRef", "none", "a"), #"configmap "none" not found"#),
            (variable("A", "secretKeyRef", "none", "a"), #"secret "none" not found"#),
            (variable("A", "configMapKeyRef", "c", "z"), "couldn't find key z in ConfigMap test/c"),
            (variable("A", "secretKeyRef", "s", "z"), "couldn't find key z in Secret test/s"),
        ])
    func missing(_ variable: JSONValue, _ message: String) {
        #expect(throws: ContainerProblem(reason: "CreateContainerConfigError", message: message)) {
            try environment.variables(of: container(env: [variable]))
        }
    }

    @Test("the configs that a pod needs are found in all of its containers")
    func references() {
        let pod = Manifest(
            json: .make(
                (
                    "spec",
                    .make(
                        (
                            "containers",
                            .array([
                                container(env: [variable("A", "configMapKeyRef", "c1", "a")]),
                                container(
                                    env: [variable("A", "secretKeyRef", "s1", "a")],
                                    envFrom: [
                                        .make(("configMapRef", .make(("name", .string("c2"))))),
                                        .make(("secretRef", .make(("name", .string("s2"))))),
                                    ]),
                            ])
                        ))
                )))
        let references = ContainerEnvironment.references(of: pod)
        #expect(references.configMaps == ["c1", "c2"])
        #expect(references.secrets == ["s1", "s2"])
    }

    @Test(
        "base64 is decoded, and what is not base64 is nothing",
        arguments: [
            ("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"),
            ("VGhlIFNlY3JldCBjaGFuZ2VkLCB0b28=", "The Secret changed, too"),
            ("YQ", nil), ("Y===", nil), ("Y*==", nil), ("/w==", "\u{FFFD}"),
        ] as [(String, String?)])
    func base64(_ text: String, _ expected: String?) throws {
        let environment = ContainerEnvironment(pod: pod, configMaps: [:], secrets: ["s": config(["a": text])])
        let container = container(env: [variable("A", "secretKeyRef", "s", "a", optional: true)])
        #expect(try environment.variables(of: container)["A"] == expected)
    }
}

@Suite struct ContainerCommandTests {
    let host = SandboxHost(reloader: "/b/Reloader", kubeconfig: "/t/kubeconfig", path: "/bin")

    private func texts(_ words: String...) -> JSONValue { .array(words.map { .string($0) }) }

    @Test("a command runs with its arguments, expanded, and learns its port")
    func command() throws {
        let container = JSONValue.make(("command", texts("run", "$(A)")), ("args", texts("$(B)")))
        let command = try ContainerCommand(container, variables: ["A": "1"], port: 7, host: host)
        #expect(command.words == ["run", "1", "$(B)"])
        #expect(command.environment == ["A": "1", "PATH": "/bin", "HOST": "127.0.0.1", "PORT": "7"])
    }

    @Test(
        "Reloader's image is the binary, with the sandbox's kubeconfig and a port of its own",
        arguments: ["swift-reloader", "swift-reloader:latest", "ghcr.io/x/swift-reloader:1@sha256:ab"])
    func reloader(_ image: String) throws {
        let container = JSONValue.make(("image", .string(image)), ("args", texts("--log-level=debug")))
        let command = try ContainerCommand(container, variables: [:], port: 7, host: host)
        #expect(command.words == ["/b/Reloader", "--log-level=debug", "--listen-address=127.0.0.1:7"])
        #expect(command.environment == ["PATH": "/bin", "KUBECONFIG": "/t/kubeconfig"])
    }

    @Test("another image without a command cannot run here, and says why")
    func image() {
        #expect {
            try ContainerCommand(.make(("image", .string("nginx"))), variables: [:], port: 7, host: host)
        } throws: {
            ($0 as? ContainerProblem)?.reason == "ErrImageNeverPull"
        }
    }
}
