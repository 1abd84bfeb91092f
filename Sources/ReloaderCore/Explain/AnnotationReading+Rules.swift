extension ReloadPolicy {
    /// Every annotation of a workload and its template that is meant for a Reloader, and whether it is read there.
    func readings(of workload: Workload) -> [AnnotationReading] {
        let places = [
            (AnnotationReading.Place.metadata, workload.annotations), (.template, workload.template.annotations),
        ]
        return places.flatMap { place, annotations in
            annotations.filter { isOurs($0.key) }.sorted { $0.key < $1.key }.map { key, value in
                AnnotationReading(
                    key: key, value: value, place: place, problem: problem(of: key, value, place, workload))
            }
        }
    }

    /// Why an annotation means nothing; nil when it is read.
    private func problem(
        of key: String, _ value: String, _ place: AnnotationReading.Place, _ workload: Workload
    ) -> String? {
        if [keys.ignore, keys.match].contains(key) {
            return "has no effect on a workload; it belongs on a ConfigMap or Secret"
        }
        guard isOptIn(key) || isForWorkloads(key) else {
            return "is no annotation of Reloader's" + (nearest(to: key).map { "; was \($0) meant?" } ?? "")
        }
        if key == keys.lastReloadedFrom {
            return place == .template ? nil : "has no effect here; Reloader writes it on the pod template"
        }
        if isForWorkloads(key) {
            if place == .template { return "has no effect on a pod template; it belongs on the \(workload.kind.name)" }
            let (only, kind) = key == keys.rolloutStrategy ? ("Rollout", "Rollouts") : ("Deployment", "Deployments")
            let isForAll = ConfigType.allCases.contains { keys.exclude($0) == key }
            return isForAll || workload.kind.name == only ? nil : "only means something on \(kind)"
        }
        if place == .template, let type = ConfigType.allCases.first(where: { reads(key, for: $0) }),
            ConfigType.allCases.allSatisfy({ !reads(key, for: $0) || source(of: workload, for: $0) == .metadata })
        {
            let own = keys.optIn(type).first { workload.annotations[$0] != nil } ?? ""
            return "is not read, because the \(workload.kind.name) itself has \(own)"
        }
        return valueProblem(key, value)
    }

    /// The key that differs in case, punctuation or a plural alone: what is most often wrong.
    private func nearest(to key: String) -> String? {
        func comparable(_ text: String) -> String { text.lowercased().filter { $0.isLetter && $0 != "s" } }
        let known = ConfigType.allCases.flatMap { keys.optIn($0) + [keys.exclude($0)] }
        return (known + [keys.ignore, keys.match, keys.pausePeriod, keys.rolloutStrategy])
            .first { comparable($0) == comparable(key) }
    }

    private func valueProblem(_ key: String, _ value: String) -> String? {
        if key == keys.search { return value == "true" ? nil : "is off: only the word true turns it on" }
        let isSwitch = key == keys.auto || ConfigType.allCases.contains { keys.auto($0) == key }
        guard isSwitch, !value.isEmpty, GoBool.parse(value) == nil else { return nil }
        return "counts as false: true is written 1, t, T, true, True or TRUE"
    }

    private func isOurs(_ key: String) -> Bool {
        isOptIn(key) || isForWorkloads(key) || [keys.ignore, keys.match].contains(key)
            || key.prefix { $0 != "/" }.hasSuffix("reloader.stakater.com")
    }

    private func isOptIn(_ key: String) -> Bool { ConfigType.allCases.contains { reads(key, for: $0) } }

    private func isForWorkloads(_ key: String) -> Bool {
        [keys.pausePeriod, keys.pausedAt, keys.rolloutStrategy, keys.lastReloadedFrom].contains(key)
            || ConfigType.allCases.contains { keys.exclude($0) == key }
    }

    private func reads(_ key: String, for type: ConfigType) -> Bool { keys.optIn(type).contains(key) }

    /// Where the annotations that opt a workload in for a type are read.
    private func source(of workload: Workload, for type: ConfigType) -> AnnotationReading.Place {
        keys.optIn(type).contains { workload.annotations[$0] != nil } ? .metadata : .template
    }
}
