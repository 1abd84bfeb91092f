import ControllerKit
import KubeClient
import Logging

let log = Logger(label: "sites")
let client = try KubeClient(configuration: .infer(), logger: log)
let api = client.resource(Site.self)
let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)

let sites = Informer(api, logger: log)
let pages = Informer(configMaps, logger: log)
let events = EventRecorder(client: client, logger: log)
let controller = Controller(
    "sites", reconciler: SiteReconciler(sites: sites.store, api: api, configMaps: configMaps, events: events),
    options: ControllerOptions(concurrency: 4), logger: log)
// Not for changes of the status, which are its own.
controller.watch(sites, where: .generationChanged || .deletionRequested)
// A page that somebody deletes or edits is put right.
controller.owns(pages, of: Site.apiResource)

var manager = ControllerManager(options: ManagerOptions(probeAddress: "off"), logger: log)
manager.add(events)
manager.add(controller)
manager.checkPermissions(
    client,
    [
        PermissionRule(Site.apiResource, verbs: ["patch"], why: "to set the finalizer"),
        PermissionRule(Site.apiResource, subresource: .status, verbs: ["patch"], why: "to report"),
        PermissionRule(.configMaps, verbs: ["get", "create", "patch"], why: "to write pages and the directory"),
    ])
try await manager.runService()
