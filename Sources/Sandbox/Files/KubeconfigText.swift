/// A kubeconfig for a server that asks for no credentials.
func kubeconfigText(server: String, namespace: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: sandbox
    contexts:
      - name: sandbox
        context:
          cluster: sandbox
          user: sandbox
          namespace: \(namespace)
    clusters:
      - name: sandbox
        cluster:
          server: \(server)
    users:
      - name: sandbox
        user: {}

    """
}
