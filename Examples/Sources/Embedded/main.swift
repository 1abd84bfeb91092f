import ControllerKit
import KubeClient
import Logging
import ReloaderCore

// A program of your own that has Reloader in it: one process, one client, one manager for both.
let log = Logger(label: "embedded")
let client = try KubeClient(configuration: .infer(), logger: log)
let metrics = PrometheusRegistry()
var manager = ControllerManager(options: ManagerOptions(probeAddress: "127.0.0.1:0"), metrics: metrics, logger: log)

// Every workload of the namespace `shop` is reloaded when a config that it uses changes; none needs an annotation.
let options = ReloaderOptions(
    autoReloadAll: true, strategy: .annotations, namespaces: .only(["shop"]), reloadDelay: .milliseconds(50))
ReloaderRuntime(client: client, options: options, metrics: metrics, logger: log).install(in: &manager)

// Your own controllers go next to it: manager.add(…)
try await manager.runService()
