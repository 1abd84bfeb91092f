import ControllerKit
package import KubeClient
import Synchronization

/// Reads from the server what an explanation needs, and nothing of what configs hold.
///
/// A handful of requests: the object, the ConfigMaps and Secrets of its namespace (hashed while they arrive, as everywhere),
/// its Events. What may not be read is said in the explanation.
package struct ExplainReader: Sendable {
    private let client: KubeClient
    private let explainer: ReloadExplainer

    private var options: ReloaderOptions { explainer.options }

    /// A reader for an installation with these options.
    package init(client: KubeClient, options: ReloaderOptions) {
        self.client = client
        explainer = ReloadExplainer(options)
    }

    /// The kinds of workloads that can be explained: those that are reloaded, in their way, and those that could be.
    package var kinds: [WorkloadKind] {
        let others: [WorkloadKind] = [.deployment, .statefulSet, .daemonSet, .cronJob, .job, .rollout]
        let watched = options.workloadKinds
        return watched + others.filter { !watched.contains($0) }
    }

    /// Explains a workload; throws when it cannot be read.
    package func workload(_ kind: WorkloadKind, _ key: ObjectKey) async throws(KubeError) -> WorkloadExplanation {
        let object = try await object(kind, key)
        let workload = try Self.workload(kind, object)
        let namespace = key.namespace ?? ""
        var explainer = explainer
        explainer.isNamespaceSelected = try await isSelected(namespace)
        var owner: ReloadSubject?
        if let key = workload.templateOwner { owner = try await client.subject(key) }
        explainer.family = WorkloadFamily(
            [workload, owner?.workload].compactMap(\.self) + (try await borrowers(of: workload)))
        let template = (owner?.object?.value ?? object.value).template(of: owner == nil ? kind : .deployment)
        let catalog = try await catalog(of: namespace, for: ConfigUse.all(in: template))
        let (events, failure) = try await events(about: workload)
        var explanation = explainer.explain(
            workload, object.value, ownerObject: owner?.object?.value, among: catalog, events: events)
        if let failure { explanation.remarks.append(failure) }
        return explanation
    }

    private func object(_ kind: WorkloadKind, _ key: ObjectKey) async throws(KubeError) -> UnstructuredObject {
        do throws(KubeError) {
            return try await client.resource(kind.resource, as: UnstructuredObject.self).get(key)
        } catch {
            guard error.isNotFound, (try? await client.serves(kind.resource)) == false else { throw error }
            throw KubeError(
                .status, "the server does not have \(kind.resource.qualifiedName), so there is no \(kind) \(key)",
                status: error.status)
        }
    }

    /// The Rollouts that use a Deployment's template, where Rollouts are reloaded; none where they cannot be read.
    private func borrowers(of workload: Workload) async throws(KubeError) -> [Workload] {
        guard workload.kind == .deployment, options.argoRollouts else { return [] }
        do throws(KubeError) {
            let rollouts = try await client.resource(WorkloadResource<RolloutSource>.self)
                .list(in: .namespace(workload.namespace), where: { $0.templateOwner == workload.key })
            return rollouts
        } catch {
            guard Self.remark(error) != nil else { throw error }
            return []
        }
    }

    /// Explains a config; one that does not exist is explained, too, because workloads may wait for it.
    package func config(_ key: ConfigKey) async throws(KubeError) -> ConfigExplanation {
        var explainer = explainer
        explainer.isNamespaceSelected = try await isSelected(key.namespace)
        let standing = try await standing(key)
        var workloads: [(Workload, JSONValue)] = []
        var remarks: [Remark] = []
        for kind in kinds where kind != .rollout || options.workloadKinds.contains(kind) {
            do throws(KubeError) {
                if kind.mayBeMissing, try await !client.serves(kind.resource) { continue }
                for object in try await all(client.resource(kind.resource), as: UnstructuredObject.self, key.namespace)
                {
                    workloads.append((try Self.workload(kind, object), object.value))
                }
            } catch {
                guard let remark = Self.remark(error) else { throw error }
                remarks.append(remark)
            }
        }
        explainer.family = WorkloadFamily(workloads.map(\.0))
        return explainer.explain(standing, among: workloads, remarks: remarks)
    }

    private static func workload(_ kind: WorkloadKind, _ object: UnstructuredObject) throws(KubeError) -> Workload {
        do throws(JSONError) {
            return try ReloadSubject(kind, object).workload
        } catch {
            throw KubeError(.decoding, "\(kind) \(object.id) cannot be read", underlying: error)
        }
    }

    // MARK: configs

    private func catalog(of namespace: String, for uses: [ConfigUse]) async throws(KubeError) -> ConfigCatalog {
        var listings: [ConfigType: ConfigCatalog.Listing] = [:]
        listings[.configMap] = try await listing(ConfigMapSource.self, namespace)
        listings[.secret] = try await listing(SecretSource.self, namespace)
        // Without the driver there is nothing to ask for.
        if options.configTypes.contains(.secretProviderClass)
            || uses.contains(where: { $0.config.type == .secretProviderClass })
        {
            listings[.secretProviderClass] = try await providerClasses(of: namespace)
        }
        return ConfigCatalog(namespace: namespace, listings)
    }

    /// The classes of the CSI driver: what pods have mounted says what they hold, they themselves have the annotations.
    private func providerClasses(of namespace: String) async throws(KubeError) -> ConfigCatalog.Listing {
        var listing = ConfigCatalog.Listing()
        var contents = ProviderClassContents()
        do throws(KubeError) {
            let statuses = client.resource(ProviderClassPodStatus.self)
            for status in try await all(statuses, as: ProviderClassPodStatus.self, namespace) {
                _ = contents.received(Change(key: status.id, new: status, cause: .initialList))
            }
        } catch {
            guard let remark = Self.remark(error) else { throw error }
            let resource = ProviderClassPodStatus.apiResource.qualifiedName
            listing.failure =
                error.isNotFound
                ? "The server does not have \(resource): the Secrets Store CSI driver is not installed."
                : remark.sentence
            return listing
        }
        for config in contents.configs { listing.objects[config.key.name] = config }
        listing.undefined = Set(listing.objects.keys)
        do throws(KubeError) {
            for object in try await all(client.resource(ProviderClass.self), as: ProviderClass.self, namespace) {
                let name = object.id.name
                if listing.undefined.remove(name) == nil { listing.unmounted.insert(name) }
                let content = listing.objects[name]?.fingerprint ?? .empty
                listing.objects[name] = ConfigObject(
                    ConfigKey(.secretProviderClass, namespace: namespace, name: name), fingerprint: content,
                    uid: object.uid, trueAnnotations: object.trueAnnotations)
            }
        } catch {
            guard let remark = Self.remark(error) else { throw error }
            listing.undefined = []
            listing.shortcoming = remark.sentence
        }
        return listing
    }

    private func listing<Source: ConfigSource>(
        _ source: Source.Type, _ namespace: String, fieldSelector: String? = nil
    ) async throws(KubeError) -> ConfigCatalog.Listing {
        var listing = ConfigCatalog.Listing()
        do throws(KubeError) {
            let resource = client.resource(ConfigResource<Source>.self)
            for config in try await all(resource, as: ConfigResource<Source>.self, namespace, fieldSelector) {
                listing.objects[config.id.name] = config.config
            }
            if let selector = options.configLabelSelector {
                let selected = try await all(
                    client.resource(Source.configType.watchedResource), as: ObjectMetadata.self, namespace,
                    fieldSelector, labelSelector: selector)
                listing.selected = Set(selected.map(\.name))
            }
        } catch {
            guard let remark = Self.remark(error) else { throw error }
            listing.failure = remark.sentence
        }
        return listing
    }

    private func standing(_ key: ConfigKey) async throws(KubeError) -> ConfigStanding {
        let byName = "metadata.name=\(key.name)"
        var listings: [ConfigType: ConfigCatalog.Listing] = [:]
        switch key.type {
        case .configMap:
            listings[.configMap] = try await listing(ConfigMapSource.self, key.namespace, fieldSelector: byName)
        case .secret: listings[.secret] = try await listing(SecretSource.self, key.namespace, fieldSelector: byName)
        case .secretProviderClass: listings[.secretProviderClass] = try await providerClasses(of: key.namespace)
        }
        return ConfigCatalog(namespace: key.namespace, listings).standing(key.configName)
    }

    // MARK: what surrounds them

    /// Whether the namespace has the labels that were asked for; one that may not be read counts as having them.
    private func isSelected(_ namespace: String) async throws(KubeError) -> Bool {
        guard case .all = options.namespaces, let selector = options.namespaceSelector else { return true }
        do throws(KubeError) {
            let found = try await client.resource(.namespaces, as: ObjectMetadata.self).list(
                ListOptions(labelSelector: selector, fieldSelector: "metadata.name=\(namespace)"))
            return !found.items.isEmpty
        } catch {
            guard error.isForbidden else { throw error }
            return true
        }
    }

    private func events(about workload: Workload) async throws(KubeError) -> ([ReloadEvent], Remark?) {
        let selector = "involvedObject.kind=\(workload.kind.name),involvedObject.name=\(workload.name)"
        do throws(KubeError) {
            let all = try await all(
                client.resource(.events), as: ReloadEvent.self, workload.namespace, selector)
            return (all.filter(\.isOurs).sorted { $0.time < $1.time }, nil)
        } catch {
            guard let remark = Self.remark(error) else { throw error }
            return ([], remark)
        }
    }

    /// What to say of something that may not be read, or that the server does not have; nil for errors that end it all.
    private static func remark(_ error: KubeError) -> Remark? {
        guard error.isForbidden || error.isNotFound else { return nil }
        return Remark("not-read", "\(error)", isWarning: true)
    }

    /// All objects of a namespace, page by page.
    private func all<Object: KubeObject>(
        _ resource: ResourceClient<Object>, as type: Object.Type, _ namespace: String, _ fieldSelector: String? = nil,
        labelSelector: String? = nil
    ) async throws(KubeError) -> [Object] {
        let found = Mutex<[Object]>([])
        var options = ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector, limit: 500)
        repeat {
            let page = try await resource.list(in: .namespace(namespace), options) { object in
                found.withLock { $0.append(object) }
            }
            options.continueToken = page.continueToken
        } while options.continueToken != nil
        return found.withLock { $0 }
    }
}
