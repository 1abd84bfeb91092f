import KubeClient

/// Changes configs of the web application, and finds out whether Reloader restarted it.
///
/// Knows the objects of `kubernetes/deployment.yaml`.
struct Demo: Sendable {
    /// One config to change, and where the change must show.
    struct Change: Hashable, Sendable {
        var resource: APIResource
        var name: String
        /// The value on the page that must change, and what it must become.
        var key: String
        var value: String
        /// The value as the config's `data` holds it.
        var stored: String
        /// The variable that Reloader puts into the pod template.
        var marker: String

        static let configMap = Change(
            resource: .configMaps, name: "web-app-config", key: "APP_TITLE", value: "Changed while you watched",
            stored: "Changed while you watched", marker: "STAKATER_WEB_APP_CONFIG_CONFIGMAP")
        static let secret = Change(
            resource: .secrets, name: "web-app-secret", key: "MESSAGE", value: "The Secret changed, too",
            stored: "VGhlIFNlY3JldCBjaGFuZ2VkLCB0b28=", marker: "STAKATER_WEB_APP_SECRET_SECRET")
    }

    static let namespace = "reloader-test"
    static let webApp = ObjectKey(namespace: namespace, name: "web-app")

    var client: KubeClient
    var pagePort: Int
    var console: Console
    /// How long a change may take to reach the page.
    var patience: Duration = .seconds(60)

    /// Whether each change reached the page because Reloader restarted the application.
    func run() async -> Bool {
        for change in [Change.configMap, .secret] {
            guard await demonstrate(change) else { return false }
        }
        return true
    }

    private func demonstrate(_ change: Change) async -> Bool {
        console.heading("Changing the \(change.resource.kind) \(change.name)")
        guard let before = await WebPage.read(port: pagePort) else {
            console.failed("the page at http://127.0.0.1:\(pagePort) does not answer")
            return false
        }
        show("before", before, change)

        let clock = ContinuousClock()
        let start = clock.now
        do throws(KubeError) {
            try await client.resource(change.resource, as: Manifest.self).patch(
                ObjectKey(namespace: Self.namespace, name: change.name),
                .merge(JSONValue.make(("data", .make([change.key: change.stored]))).bytes),
                subresource: nil, WriteOptions(fieldManager: "sandbox"))
        } catch {
            console.failed("the \(change.resource.kind) could not be changed: \(error)")
            return false
        }
        console.done("\(change.key) of \(change.name) is now \"\(change.value)\"; waiting for the page to show it")

        var after = before
        while after[change.key] != change.value, start.duration(to: clock.now) < patience, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            if let page = await WebPage.read(port: pagePort) { after = page }
        }
        let took = start.duration(to: clock.now)
        show("after ", after, change)
        return await judge(change, before, after, took)
    }

    private func judge(_ change: Change, _ before: WebPage, _ after: WebPage, _ took: Duration) async -> Bool {
        let template: [JSONValue]
        do throws(KubeError) {
            template = try await client.resource(.deployments, as: Manifest.self).get(Self.webApp).templateContainers
        } catch {
            console.failed("the Deployment could not be read: \(error)")
            return false
        }
        let marker = template.flatMap { $0.at("env")?.elements ?? [] }
            .first { $0.at("name")?.string == change.marker }?.at("value")?.string
        let findings = [
            (
                after[change.key] == change.value, "the page shows the new value (after \(tenths(took)) s)",
                "the page still shows \"\(after[change.key] ?? "nothing")\" after \(tenths(took)) s"
            ),
            (
                after["Pod"] != before["Pod"], "it comes from a new pod, \(after["Pod"] ?? "?")",
                "it still comes from the pod \(before["Pod"] ?? "?"), started \(before["Started"] ?? "?")"
            ),
            (
                marker != nil, "Reloader put \(change.marker) into the pod template: \(marker ?? "")",
                "the pod template has no variable \(change.marker): Reloader did not restart the application"
            ),
        ]
        for (holds, good, bad) in findings {
            if holds { console.done(good) } else { console.failed(bad) }
        }
        return findings.allSatisfy(\.0)
    }

    private func show(_ when: String, _ page: WebPage, _ change: Change) {
        let origin = ["Pod", "Started"].map { "\($0) \(page[$0] ?? "?")" }.joined(separator: ", ")
        console.line("  \(when): \(change.key) = \"\(page[change.key] ?? "?")\"   (\(origin))")
    }

    private func tenths(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds).\(attoseconds / 100_000_000_000_000_000)"
    }
}
