/// The configuration that a pod finds inside itself.
struct ServiceAccount {
    static let hostVariable = "KUBERNETES_SERVICE_HOST"
    static let portVariable = "KUBERNETES_SERVICE_PORT"

    let environment: [String: String]
    let system: KubeConfiguration.System

    func configuration() throws(KubeError) -> KubeConfiguration {
        guard let host = value(Self.hostVariable), let port = value(Self.portVariable) else {
            throw KubeError(
                .configuration,
                "in-cluster configuration: \(Self.hostVariable) and \(Self.portVariable) must both be set; "
                    + "Kubernetes sets them in every pod, elsewhere set KUBECONFIG to a kubeconfig file")
        }
        let server = "https://\(bracketed(host)):\(port)"
        guard ServerAddress(server) != nil else {
            throw KubeError(
                .configuration,
                "in-cluster configuration: \(Self.hostVariable) and \(Self.portVariable) do not make a server address")
        }
        let token = TokenFile(
            path: "\(system.serviceAccountDirectory)/token", clock: system.clock, files: system.files)
        do {
            try token.check()
        } catch {
            throw KubeError(
                .configuration,
                "in-cluster configuration: \(error.message); give the pod a service account with "
                    + "automountServiceAccountToken: true, or set KUBECONFIG to a kubeconfig file")
        }
        var configuration = KubeConfiguration(server: server, namespace: namespace(), credentials: token)
        let authority = "\(system.serviceAccountDirectory)/ca.crt"
        do {
            let certificates = try system.files.read(authority)
            if PEM.holdsCertificate(certificates) {
                configuration.tls.certificateAuthority = certificates
                configuration.tls.files.certificateAuthority = authority
            } else {
                configuration.warnings.append(unusable("\(authority) holds no PEM certificate"))
            }
        } catch {
            configuration.warnings.append(unusable("\(error)"))
        }
        return configuration
    }

    private func unusable(_ reason: String) -> String {
        "in-cluster configuration: \(reason); the server's certificate is verified against the system's authorities"
    }

    private func value(_ variable: String) -> String? { environment[variable].flatMap { $0.isEmpty ? nil : $0 } }

    private func namespace() -> String? {
        if let namespace = value("POD_NAMESPACE") { return namespace }
        let bytes = try? system.files.read("\(system.serviceAccountDirectory)/namespace")
        let text = trimmed(String(decoding: bytes ?? [], as: UTF8.self))
        return text.isEmpty ? nil : text
    }
}

/// Looks at PEM text without decoding it.
enum PEM {
    static func holdsCertificate(_ bytes: [UInt8]) -> Bool { holds("-----BEGIN CERTIFICATE-----", bytes) }
    static func holdsPrivateKey(_ bytes: [UInt8]) -> Bool { holds("PRIVATE KEY-----", bytes) }

    private static func holds(_ marker: String, _ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).range(ofFirst: marker) != nil
    }
}

/// The text without white space at either end.
package func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
}
