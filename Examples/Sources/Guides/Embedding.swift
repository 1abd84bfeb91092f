import ControllerKit
import KubeClient
import Logging
import ReloaderCore

// What the guide of ReloaderCore shows, compiled. `scripts/check-guides` compares the texts.

func embed(environment: [String: String], logger: Logger) async throws {
    let client = try KubeClient(configuration: .infer(environment: environment), logger: logger)
    var options = ReloaderOptions()
    options.namespaces = .only(["shop"])
    options.strategy = .annotations
    let runtime = ReloaderRuntime(client: client, options: options, logger: logger)
    var manager = ControllerManager(logger: logger)
    runtime.install(in: &manager)
    try await manager.runService()
}
