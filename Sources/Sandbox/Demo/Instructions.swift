/// What to try, in plain words.
func instructions(page: Int, kubeconfig: String, namespace: String) -> String {
    """

    The page is at  http://127.0.0.1:\(page)  (plain text: http://127.0.0.1:\(page)/text)
    It shows values of a ConfigMap and a Secret. Change one of them, and watch the page follow.

    In another terminal:

      export KUBECONFIG=\(kubeconfig)

      kubectl patch configmap web-app-config --type merge -p '{"data":{"APP_TITLE":"Hello again"}}'
      kubectl patch secret web-app-secret --type merge -p '{"stringData":{"MESSAGE":"Psst"}}'
      kubectl edit configmap web-app-config

      kubectl get deployments,replicasets,pods
      kubectl get events
      kubectl rollout restart deployment web-app
      kubectl annotate deployment web-app reloader.stakater.com/auto=false --overwrite    (Reloader stays away)

    The namespace is \(namespace). Lines of the pods, Reloader's among them, appear below. Ctrl-C ends everything.

    """
}
