import KubeClient

/// What the server fills into a pod spec, for Pods and for the templates of workloads.
enum PodDefaults {
    /// Completes the member `spec` of a Pod or pod template.
    static func complete(_ owner: inout JSONValue) {
        owner.modify("spec", creating: true) { spec in
            spec.setDefault("restartPolicy", .string("Always"))
            spec.setDefault("terminationGracePeriodSeconds", .int(30))
            spec.setDefault("dnsPolicy", .string("ClusterFirst"))
            spec.setDefault("securityContext", .dict())
            spec.setDefault("schedulerName", .string("default-scheduler"))
            // Two names for one field; the old one is kept in step.
            if let account = spec["serviceAccountName"] ?? spec["serviceAccount"] {
                spec.set("serviceAccountName", account)
                spec.set("serviceAccount", account)
            }
            let usesHostNetwork = spec["hostNetwork"] == .bool(true)
            for list in ["initContainers", "containers", "ephemeralContainers"] {
                spec.modifyEach(list) { container(&$0, usesHostNetwork: usesHostNetwork) }
            }
            spec.modifyEach("volumes", volume)
        }
    }

    /// Completes what only a Pod itself has.
    static func completePod(_ pod: inout JSONValue) {
        complete(&pod)
        pod.modify("spec") { spec in
            spec.setDefault("enableServiceLinks", .bool(true))
            for list in ["initContainers", "containers"] {
                spec.modifyEach(list) { container in
                    guard let limits = container["resources", "limits"]?.object?.members else { return }
                    container.modify("resources") { resources in
                        resources.modify("requests", creating: true) { requests in
                            for limit in limits { requests.setDefault(limit.name, limit.value) }
                        }
                    }
                }
            }
        }
    }

    private static func container(_ container: inout JSONValue, usesHostNetwork: Bool) {
        container.setDefault("terminationMessagePath", .string("/dev/termination-log"))
        container.setDefault("terminationMessagePolicy", .string("File"))
        if let image = container["image"]?.string, !image.isEmpty {
            container.setDefault("imagePullPolicy", .string(isMutable(image) ? "Always" : "IfNotPresent"))
        } else {
            container.setDefault("imagePullPolicy", .string("IfNotPresent"))
        }
        container.modifyEach("ports") { port in
            port.setDefault("protocol", .string("TCP"))
            if usesHostNetwork, let number = port["containerPort"] { port.setDefault("hostPort", number) }
        }
        container.modifyEach("env") { variable in
            variable.modify("valueFrom") { source in
                source.modify("fieldRef") { $0.setDefault("apiVersion", .string("v1")) }
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.modify(probe) { probe in
                handler(&probe)
                for (name, value) in [
                    ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
                ] where (probe[name]?.int ?? 0) == 0 {
                    probe.set(name, .int(value))
                }
            }
        }
        container.modify("lifecycle") { lifecycle in
            lifecycle.modify("postStart", handler)
            lifecycle.modify("preStop", handler)
        }
    }

    private static func handler(_ handler: inout JSONValue) {
        handler.modify("httpGet") { request in
            request.setDefault("path", .string("/"))
            request.setDefault("scheme", .string("HTTP"))
        }
        handler.modify("grpc") { $0.setDefault("service", .string("")) }
    }

    /// Whether the tag is `latest`, or missing without a digest in its place.
    private static func isMutable(_ image: String) -> Bool {
        guard !image.contains("@") else { return false }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return true }
        return last[last.index(after: colon)...] == "latest"
    }

    private static func volume(_ volume: inout JSONValue) {
        let sources = (volume.object?.members ?? []).filter { $0.name != "name" && !$0.value.isNull }
        if sources.isEmpty { volume.set("emptyDir", .dict()) }
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.modify(source) { $0.setDefault("defaultMode", .int(420)) }
        }
        volume.modify("hostPath") { $0.setDefault("type", .string("")) }
        volume.modify("downwardAPI", downward)
        volume.modify("projected") { projected in
            projected.modifyEach("sources") { source in
                source.modify("serviceAccountToken") { $0.setDefault("expirationSeconds", .int(3600)) }
                source.modify("downwardAPI", downward)
            }
        }
    }

    private static func downward(_ source: inout JSONValue) {
        source.modifyEach("items") { item in
            item.modify("fieldRef") { $0.setDefault("apiVersion", .string("v1")) }
        }
    }
}
