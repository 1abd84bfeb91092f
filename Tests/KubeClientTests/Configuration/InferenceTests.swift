import TestSupport
import Testing

@testable import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

private let certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"

@Suite struct InferenceTests {
    private let files = MemoryFiles([
        "/sa/token": "sesame", "/sa/ca.crt": certificate, "/sa/namespace": "reloader\n",
        "/k": """
        current-context: c
        contexts: [{name: c, context: {cluster: k}}]
        clusters: [{name: k, cluster: {server: https://from-file}}]
        """,
    ])
    private let pod = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]

    private var system: KubeConfiguration.System {
        var system = KubeConfiguration.System()
        system.files = files.reader
        system.clock = StoppedClock()
        system.serviceAccountDirectory = "/sa"
        return system
    }

    private func infer(_ environment: [String: String]) throws(KubeError) -> KubeConfiguration {
        try KubeConfiguration.infer(environment: environment, context: nil, system: system)
    }

    @Test("a kubeconfig that exists goes before the service account")
    func precedence() throws {
        #expect(try infer(pod.merging(["KUBECONFIG": "/k"]) { $1 }).server == "https://from-file:443")
        #expect(try infer(pod.merging(["KUBECONFIG": "/none:/k"]) { $1 }).server == "https://from-file:443")
        files["/home/me/.kube/config"] = files["/k"]
        #expect(try infer(pod.merging(["HOME": "/home/me"]) { $1 }).server == "https://from-file:443")
    }

    @Test("without one, or with an empty one, the service account is used")
    func fallback() throws {
        files["/empty"] = "apiVersion: v1\nkind: Config\nclusters: []\n"
        files["/home/me/.kube/config"] = files["/k"]
        for environment in [
            [:], ["KUBECONFIG": "/none"], ["KUBECONFIG": "/empty"], ["KUBECONFIG": "", "HOME": "/nobody"],
        ] {
            #expect(try infer(pod.merging(environment) { $1 }).server == "https://10.96.0.1:443")
        }
        // KUBECONFIG hides the file in the home folder.
        let both = pod.merging(["KUBECONFIG": "/none", "HOME": "/home/me"]) { $1 }
        #expect(try infer(both).server == "https://10.96.0.1:443")
    }

    @Test func `a kubeconfig in the home folder that a pod may not look at is passed over, one that is named is not`()
        throws
    {
        files["/root/.kube/config"] = "!"
        let environment = pod.merging(["HOME": "/root"]) { $1 }
        #expect(try infer(environment).server == "https://10.96.0.1:443")
        #expect(throws: KubeError.self) { try infer(["HOME": "/root"]) }
        #expect(throws: KubeError.self) {
            try infer(environment.merging(["KUBECONFIG": "/root/.kube/config"]) { $1 })
        }
    }

    @Test func `a path through what is no folder has no file`() throws {
        #expect(throws: FileError(path: "/dev/null/.kube/config", code: ENOTDIR)) {
            try FileReader.system.read("/dev/null/.kube/config")
        }
        #expect(FileError(path: "", code: ENOTDIR).isMissing)
    }

    @Test("nothing at all is an error that says what was tried and what to do")
    func nothing() {
        func message(_ environment: [String: String]) -> String? {
            do {
                _ = try infer(environment)
                return nil
            } catch {
                return error.message
            }
        }
        let advice = "and this is not a pod (KUBERNETES_SERVICE_HOST is not set); set KUBECONFIG to a kubeconfig file"
        #expect(
            message(["KUBECONFIG": "/none"]) == "no cluster configuration: no such file: /none (KUBECONFIG), \(advice)")
        #expect(
            message(["HOME": "/nobody"])
                == "no cluster configuration: no such file: /nobody/.kube/config, \(advice)")
        #expect(message([:]) == "no cluster configuration: neither KUBECONFIG nor HOME is set, \(advice)")
    }

    @Test("the service account has server, CA, token and namespace")
    func serviceAccount() async throws {
        let configuration = try infer(pod)
        #expect(configuration.tls.certificateAuthority == Array(certificate.utf8))
        #expect(configuration.namespace == "reloader")
        #expect(try await configuration.credentials.headers().map(\.value) == ["Bearer sesame"])
        #expect(configuration.warnings.isEmpty)
        #expect(try infer(pod.merging(["POD_NAMESPACE": "mine"]) { $1 }).namespace == "mine")
        let v6 = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(try infer(v6).server == "https://[fd00::1]:443")
    }

    @Test(
        "a CA that cannot be used is worth a warning, and never turns verification off",
        arguments: [nil, "!", "rubbish"])
    func unusableAuthority(contents: String?) throws {
        files["/sa/ca.crt"] = contents
        let configuration = try infer(pod)
        #expect(configuration.tls.certificateAuthority == nil)
        #expect(!configuration.tls.skipsVerification)
        #expect(configuration.warnings.count == 1)
    }

    @Test("a pod without a token, or half an address, is an error that says what to do")
    func incomplete() {
        let half = #expect(throws: KubeError.self) { try infer(["KUBERNETES_SERVICE_HOST": "10.96.0.1"]) }
        #expect(half?.message.contains("KUBERNETES_SERVICE_PORT must both be set") == true)
        files["/sa/token"] = nil
        let token = #expect(throws: KubeError.self) { try infer(pod) }
        #expect(token?.message.contains("cannot read /sa/token") == true)
        #expect(token?.message.contains("automountServiceAccountToken") == true)
    }
}
