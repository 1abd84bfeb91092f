import CoreMetrics

/// The `leader_election_*` metrics of one lease, under the names that client-go gave them.
struct LeaderElectionMetrics: Sendable {
    private let masterStatus: any MeterHandler
    private let slowPath: any CounterHandler

    init(lease: String, factory: any MetricsFactory) {
        if let registry = factory as? PrometheusRegistry {
            registry.describe(
                "leader_election_master_status", help: "1 while this process leads, else 0.", type: .gauge,
                labels: ["name"])
            registry.describe(
                "leader_election_slowpath_total", help: "Renewals that had to read the lease first.", type: .counter,
                labels: ["name"])
        }
        masterStatus = factory.makeMeter(label: "leader_election_master_status", dimensions: [("name", lease)])
        slowPath = factory.makeCounter(label: "leader_election_slowpath_total", dimensions: [("name", lease)])
        masterStatus.set(Int64(0))
        slowPath.increment(by: 0)
    }

    func leads(_ isLeader: Bool) { masterStatus.set(Int64(isLeader ? 1 : 0)) }

    func tookSlowPath() { slowPath.increment(by: 1) }
}
