import ReloaderCore
import Testing

/// One entry of the original project's end-to-end tests: given a workload, when a config changes, then it is reloaded or not.
///
/// There are always two ConfigMaps and two Secrets, `a` and `b`.
struct Scenario: Sendable {
    /// What changes, in order.
    enum Change: Sendable {
        case configMap(String), secret(String)
        case labelsOfConfigMap(String), labelsOfSecret(String)
    }

    /// The number in the original's list.
    var number: Int
    var title: String
    var kinds: [Fixture.Kind] = [.deployment]
    var strategies: [ReloadStrategy] = [.annotations]
    var annotations: [String: String] = [:]
    var templateAnnotations: [String: String] = [:]
    /// On the ConfigMap and the Secret `a`.
    var configAnnotations: [String: String] = [:]
    var uses: [(Fixture.Use, Fixture.Place)] = []
    var changes: [Change]
    /// Whether each change reloads the workload.
    var reloads: Bool
    /// Whether the Deployment is paused afterwards.
    var pauses = false

    init(
        _ number: Int, _ title: String, _ kinds: [Fixture.Kind] = [.deployment],
        by strategies: [ReloadStrategy] = [.annotations], own annotations: [String: String] = [:],
        template: [String: String] = [:], config: [String: String] = [:], uses: [(Fixture.Use, Fixture.Place)] = [],
        when changes: Change..., then reloads: Bool, paused: Bool = false
    ) {
        (self.number, self.title, self.kinds, self.strategies) = (number, title, kinds, strategies)
        (self.annotations, templateAnnotations, configAnnotations) = (annotations, template, config)
        (self.uses, self.changes, self.reloads, pauses) = (uses, changes, reloads, paused)
    }
}

/// A scenario with one kind and one strategy.
struct ScenarioCase: Sendable, CustomTestStringConvertible {
    var scenario: Scenario
    var kind: Fixture.Kind
    var strategy: ReloadStrategy

    var testDescription: String {
        "\(scenario.number) \(kind), \(strategy.rawValue): \(scenario.title) → \(scenario.reloads ? "" : "not ")reloaded"
    }

    static let all = Scenario.table.flatMap { scenario in
        scenario.kinds.flatMap { kind in
            scenario.strategies.map { ScenarioCase(scenario: scenario, kind: kind, strategy: $0) }
        }
    }
}
