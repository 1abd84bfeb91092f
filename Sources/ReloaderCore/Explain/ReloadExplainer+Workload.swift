package import KubeClient

extension ReloadExplainer {
    /// Everything about one workload.
    ///
    /// `object` is the whole object that `workload` was read from, `ownerObject` the one whose template it uses instead of
    /// one of its own.
    package func explain(
        _ workload: Workload, _ object: JSONValue, ownerObject: JSONValue? = nil, among catalog: ConfigCatalog,
        events: [ReloadEvent] = []
    ) -> WorkloadExplanation {
        let workload = owners.completed(workload)
        let template = ownerObject?.template(of: .deployment) ?? object.template(of: workload.kind)
        let uses = ConfigUse.all(in: template)
        let markers = workload.template.containers.flatMap { container in
            container.markers.map { (container: container.name, marker: $0) }
        }
        let lastReload = workload.template.annotations[options.annotationKeys.lastReloadedFrom]
            .flatMap(LastReload.init(annotation:))
        let markerNames = Set(markers.map(\.marker.name))
        let named = catalog.names.filter { isNamed($0, by: workload) }
        let marked = catalog.names.filter { markerNames.contains(MarkerName.marker(for: $0)) }
        let names = Set(uses.map(\.config) + literalNames(of: workload) + named + marked)
        let rows = names.sorted(by: Self.isBefore).map { name in
            let standing = catalog.standing(name)
            return WorkloadExplanation.Row(
                config: standing, uses: uses.filter { $0.config == name }, verdict: verdict(workload, standing),
                markers: markers.filter { $0.marker.name == MarkerName.marker(for: name) }
                    .map { MarkerReading($0.marker, in: $0.container, of: standing) })
        }
        let claimed = Set(rows.flatMap(\.markers).map(\.name))
        return WorkloadExplanation(
            workload: workload.key, strategy: options.strategy, annotations: policy.readings(of: workload),
            configs: rows,
            strayMarkers: markers.filter { !claimed.contains($0.marker.name) }
                .map { MarkerReading($0.marker, in: $0.container, of: nil) },
            lastReload: lastReload,
            lastReloadAgreement: lastReload.map {
                .init(catalog.standing($0.config.configName), holds: $0.fingerprint)
            },
            lastWrite: object.lastWrite(by: ReloaderIdentity.fieldManager), events: events,
            remarks: remarks(on: workload, object, rows)
                + catalog.failures.map { Remark("not-read", $0, isWarning: true) })
    }

    /// Everything about one config.
    ///
    /// `workloads` are those of its namespace, each with its whole object.
    package func explain(
        _ config: ConfigStanding, among workloads: [(workload: Workload, object: JSONValue)], remarks: [Remark] = []
    ) -> ConfigExplanation {
        let name = config.key.configName
        let templates = Dictionary(
            workloads.map { ($0.workload.key, $0.object.template(of: $0.workload.kind)) }, uniquingKeysWith: { $1 })
        let rows = workloads.compactMap { workload, object -> ConfigExplanation.Row? in
            let workload = owners.completed(workload)
            let template = templates[workload.templateOwner ?? workload.key] ?? .null
            let uses = ConfigUse.all(in: template).filter { $0.config == name }
            let verdict = verdict(workload, config)
            guard !uses.isEmpty || isNamed(name, by: workload) || verdict.isReload else { return nil }
            let marker = MarkerName.marker(for: name)
            let markers = workload.template.containers.flatMap { container in
                container.markers.filter { $0.name == marker }.map { MarkerReading($0, in: container.name, of: config) }
            }
            return ConfigExplanation.Row(workload: workload.key, uses: uses, verdict: verdict, markers: markers)
        }
        return ConfigExplanation(
            config: config, strategy: options.strategy,
            workloads: rows.sorted {
                ($0.verdict.isReload ? 0 : 1, $0.workload.description)
                    < ($1.verdict.isReload ? 0 : 1, $1.workload.description)
            },
            unrelated: workloads.count - rows.count, remarks: self.remarks(on: config) + remarks)
    }

    private func isNamed(_ config: ConfigName, by workload: Workload) -> Bool {
        policy.list(of: workload, for: config.type)?.match(config.name) != nil
    }

    /// The names that lists spell out, which need not exist.
    private func literalNames(of workload: Workload) -> [ConfigName] {
        ConfigType.allCases.flatMap { type in
            (policy.list(of: workload, for: type)?.names ?? []).map { ConfigName(type, $0) }
        }
    }

    private static func isBefore(_ one: ConfigName, _ other: ConfigName) -> Bool {
        (one.type.rawValue, one.name) < (other.type.rawValue, other.name)
    }
}

extension JSONValue {
    /// The pod template of a workload of this kind.
    func template(of kind: WorkloadKind) -> JSONValue {
        kind.templatePath.reduce(Optional(self)) { $0?[$1] } ?? .null
    }

    /// When this manager wrote to the object last, as `metadata.managedFields` has it.
    fileprivate func lastWrite(by manager: String) -> String? {
        (self["metadata"]?["managedFields"]?.array ?? []).filter { $0["manager"]?.string == manager }
            .compactMap { $0["time"]?.string }.max()
    }
}
