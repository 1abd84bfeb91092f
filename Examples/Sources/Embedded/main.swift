import ControllerKit
import CoreMetrics
import KubeClient
import Logging
import ReloaderCore

// A program of your own that has Reloader in it: one process, one client, one manager for both.
let log = Logger(label: "embedded")
let metrics = PrometheusRegistry()
// What the client counts goes to the same page.
MetricsSystem.bootstrap(metrics)
let client = try KubeClient(configuration: .infer(), logger: log)
var manager = ControllerManager(options: ManagerOptions(probeAddress: "127.0.0.1:0"), metrics: metrics, logger: log)

// Every workload of the namespace `shop` is reloaded when a config that it uses changes; none needs an annotation.
var options = ReloaderOptions(
    autoReloadAll: true, strategy: .annotations, namespaces: .only(["shop"]), reloadDelay: .milliseconds(50))
// Without a ledger, what changes while this program is down reloads nothing.
options.ledger = LedgerOptions(namespace: "shop")
ReloaderRuntime(client: client, options: options, metrics: metrics, logger: log).install(in: &manager)
manager.checkPermissions(client, options.permissions, includingDeclared: false)

// Your own controllers go next to it: manager.add(…)
try await manager.runService()
