import ControllerTestKit
import KubeClient

// Each example runs as a process of its own against a server inside this one, and has to do what it says it does.
let conditions: JSONValue = [
    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
    "items": [
        "type": "object", "required": ["type"], "x-kubernetes-preserve-unknown-fields": true,
        "properties": ["type": ["type": "string"]],
    ],
]
let siteSchema: JSONValue = [
    "type": "object",
    "properties": [
        "spec": ["type": "object", "required": ["title"], "properties": ["title": ["type": "string"]]],
        "status": ["type": "object", "properties": ["conditions": conditions]],
    ],
]
let sites = APIResource(group: "example.com", version: "v1", plural: "sites", kind: "Site")
let server = TestAPIServer()
try server.create([
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": ["name": "sites.example.com"],
    "spec": [
        "group": "example.com", "scope": "Namespaced", "names": ["plural": "sites", "kind": "Site"],
        "versions": [
            [
                "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                "schema": ["openAPIV3Schema": siteSchema],
            ]
        ],
    ],
])
server.createNamespaceIfAbsent("shop")

@Sendable func key(_ name: String, in namespace: String = "default") -> ObjectKey {
    ObjectKey(namespace: namespace, name: name)
}

/// Waits for an object to be as it should be; a minute is far more than any of this takes.
@Sendable func expect(
    _ what: String, _ resource: APIResource, _ key: ObjectKey, where isDone: @escaping @Sendable (JSONValue?) -> Bool
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.waitForObject(resource, key, where: isDone) }
        group.addTask {
            try await Task.sleep(for: .seconds(60))
            throw Example.Failure(description: "in vain: \(what)")
        }
        try await group.next()
        group.cancelAll()
    }
    print("  ok: \(what)")
}

@Sendable func createConfigMap(_ name: String, in namespace: String = "default") throws {
    try server.create([
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["namespace": .string(namespace), "name": .string(name)], "data": ["k": "1"],
    ])
}

@Sendable func hello(_ kubeconfig: String) async throws {
    try createConfigMap("before")
    try await Example(name: "Hello").run(kubeconfig) {
        for name in ["before", "after"] {
            if name == "after" { try createConfigMap(name) }
            try await expect("\(name) is greeted", .configMaps, key(name)) {
                $0?["metadata"]?["labels"]?["greeted"] == "yes"
            }
        }
    }
}

@Sendable func operatorOfSites(_ kubeconfig: String) async throws {
    let page = key("blog-page")
    let directory = key("directory")
    try await Example(name: "Sites").run(kubeconfig) {
        try server.create([
            "apiVersion": "example.com/v1", "kind": "Site", "metadata": ["namespace": "default", "name": "blog"],
            "spec": ["title": "First"],
        ])
        try await expect("a site gets a page", .configMaps, page) {
            $0?["data"]?["index.html"] == "<h1>First</h1>"
        }
        try await expect("its status says so", sites, key("blog")) {
            $0?["status"]?["conditions"]?[0]?["status"] == "True"
        }
        try server.patch(sites, key("blog"), merge: #"{"spec":{"title":"Second"}}"#)
        try await expect("the directory follows the title", .configMaps, directory) {
            $0?["data"]?["default.blog"] == "Second"
        }
        try server.create([
            "apiVersion": "example.com/v1", "kind": "Site", "metadata": ["namespace": "shop", "name": "blog"],
            "spec": ["title": "Third"],
        ])
        try await expect("a site of the same name elsewhere has an entry of its own", .configMaps, directory) {
            $0?["data"] == ["default.blog": "Second", "shop.blog": "Third"]
        }
        try server.delete(.configMaps, page)
        try await expect("a page that somebody deletes comes back", .configMaps, page) { $0 != nil }
        try server.delete(sites, key("blog"))
        try await expect("a site goes", sites, key("blog")) { $0 == nil }
        try await expect("its entry in the directory was removed before", .configMaps, directory) {
            $0?["data"] == ["shop.blog": "Third"]
        }
        try await expect("its page goes with it", .configMaps, page) { $0 == nil }
    }
}

@Sendable func elected(_ kubeconfig: String) async throws {
    @Sendable func caretaker(of name: String, is replica: String) async throws {
        try createConfigMap(name)
        try await expect("\(name) is looked after by the \(replica) replica", .configMaps, key(name)) {
            $0?["metadata"]?["annotations"]?["caretaker"]?.string == replica
        }
    }
    @Sendable func leader(is replica: String) async throws {
        try await expect("the \(replica) replica leads", .leases, key("caretaker")) {
            $0?["spec"]?["holderIdentity"]?.string == replica
        }
    }
    let (firstMayStop, stopFirst) = AsyncStream<Void>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await Example(name: "Elected", arguments: ["first"]).run(kubeconfig) {
                for await _ in firstMayStop {}
            }
        }
        try await leader(is: "first")
        group.addTask {
            try await Example(name: "Elected", arguments: ["second"]).run(kubeconfig) {
                // It has filled its caches and stands by.
                try await server.waitForWatches { $0.filter { $0.resource == "configmaps" }.count == 2 }
                try await caretaker(of: "one", is: "first")
                stopFirst.finish()
                try await leader(is: "second")
                try await caretaker(of: "two", is: "second")
            }
        }
        try await group.waitForAll()
    }
    try await expect("who takes over leaves what was done alone", .configMaps, key("one")) {
        $0?["metadata"]?["annotations"]?["caretaker"] == "first"
    }
}

@Sendable func embedded(_ kubeconfig: String) async throws {
    try createConfigMap("app", in: "shop")
    try server.create(
        json: """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},
            "spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
            "spec":{"containers":[{"name":"app","image":"busybox","envFrom":[{"configMapRef":{"name":"app"}}]}]}}}}
            """)
    @Sendable func lastReload(_ object: JSONValue?) -> JSONValue? {
        object?["spec"]?["template"]?["metadata"]?["annotations"]?["reloader.stakater.com/last-reloaded-from"]
    }
    try await Example(name: "Embedded").run(kubeconfig) {
        try await server.waitForWatches { watches in
            ["configmaps", "deployments"].allSatisfy { name in watches.contains { $0.resource == name } }
        }
        try server.patch(.configMaps, key("app", in: "shop"), merge: #"{"data":{"k":"2"}}"#)
        try await expect("a workload is reloaded", .deployments, key("web", in: "shop")) { lastReload($0) != nil }
    }
    let before = lastReload(try server.get(.deployments, key("web", in: "shop")))
    try server.patch(.configMaps, key("app", in: "shop"), merge: #"{"data":{"k":"3"}}"#)
    try await Example(name: "Embedded").run(kubeconfig) {
        try await expect("what changed while it was down is made up for", .deployments, key("web", in: "shop")) {
            lastReload($0) != before
        }
    }
}

try await server.withHTTPListener { url in
    try await withKubeconfig(server: url) { kubeconfig in
        print("Hello")
        try await hello(kubeconfig)
        print("Sites")
        try await operatorOfSites(kubeconfig)
        print("Elected")
        try await elected(kubeconfig)
        print("Embedded")
        try await embedded(kubeconfig)
    }
}
