import CoreMetrics
import KubeClient

extension PrometheusRegistry {
    /// Describes the metrics of client certificates that credential plugins give, and brings
    /// `rest_client_exec_plugin_ttl_seconds` up to date; does nothing in processes without a plugin, for which it is nil.
    func refreshCredentialPlugins(timeToLive: Double? = KubeClient.execCertificateTimeToLive()) {
        guard let timeToLive else { return }
        let name = "rest_client_exec_plugin_ttl_seconds"
        describe(
            name, help: "Time until the first client certificate of a credential plugin ends, in seconds.", type: .gauge
        )
        describe(
            "rest_client_exec_plugin_certificate_rotation_age",
            help: "Age of a credential plugin's client certificate when another took its place, in seconds.",
            type: .histogram, buckets: KubeClient.certificateAgeBuckets)
        Gauge(label: name, factory: self).record(timeToLive)
    }
}
