extension ReloadPlan {
    /// What a workload shows to have come through of writes of which that was not known, oldest first.
    ///
    /// None of it was there when the writes were planned. An annotation names the newest change of a write alone: where it
    /// does, pods have been restarted after all that was to come with it.
    static func arrived(
        _ tried: [[ConfigChange]], in workload: Workload, strategy: ReloadStrategy, keys: AnnotationKeys
    ) -> [ConfigChange] {
        let recorded = tried.last { $0.last.map { workload.records($0, strategy, keys) } ?? false }
        if let recorded { return recorded }
        guard strategy == .envVars else { return [] }
        let shown = tried.joined().filter { change in
            CarriedChange(change, in: workload).map { EnvironmentPlan.skip($0, workload.template) != nil } ?? false
        }
        var seen: Set<ConfigKey> = []
        return shown.reversed().filter { seen.insert($0.config).inserted }.reversed()
    }
}

extension Workload {
    /// Whether its annotations say that the last reload was for this change.
    func records(_ change: ConfigChange, _ strategy: ReloadStrategy, _ keys: AnnotationKeys) -> Bool {
        let key = keys.lastReloadedFrom
        if strategy == .annotations, AnnotationPlan.records(change, template.annotations[key]) { return true }
        // A restart leaves the template as it is and is recorded on the object.
        return isRestarted(keys) && AnnotationPlan.records(change, annotations[key])
    }
}
