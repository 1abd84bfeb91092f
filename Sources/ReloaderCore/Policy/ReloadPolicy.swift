/// Decides which changed configs reload which workloads, from the annotations of both and from flags.
///
/// Pure. Copies share a cache of compiled patterns; safe to use from any task.
public struct ReloadPolicy: Sendable {
    /// The annotation keys in force.
    public let keys: AnnotationKeys
    /// Whether workloads without an auto annotation count as opted in.
    public let autoReloadAll: Bool
    /// Names of workload kinds that are never reloaded, such as `Job`.
    public let ignoredKinds: Set<String>
    private let patterns = NamePatternCache()

    /// Creates a policy; the defaults are those of the flags.
    public init(keys: AnnotationKeys = .init(), autoReloadAll: Bool = false, ignoredKinds: Set<String> = []) {
        self.keys = keys
        self.autoReloadAll = autoReloadAll
        self.ignoredKinds = ignoredKinds
    }

    /// Everything that a decision depends on.
    public struct Question: Sendable {
        /// The workload's kind.
        public var kind: String
        /// The workload's own annotations.
        public var annotations: [String: String]
        /// The annotations of its pod template.
        public var templateAnnotations: [String: String]
        /// Type and name of the config.
        public var config: ConfigName
        /// Whether the config's ignore annotation is exactly `true`.
        public var isIgnored: Bool
        /// Whether the config's match annotation is exactly `true`.
        public var isMatch: Bool
        /// Whether the pod template uses the config.
        public var isReferenced: Bool

        /// Creates a question.
        public init(
            kind: String, annotations: [String: String] = [:], templateAnnotations: [String: String] = [:],
            config: ConfigName, isIgnored: Bool = false, isMatch: Bool = false, isReferenced: Bool
        ) {
            self.kind = kind
            self.annotations = annotations
            self.templateAnnotations = templateAnnotations
            self.config = config
            self.isIgnored = isIgnored
            self.isMatch = isMatch
            self.isReferenced = isReferenced
        }
    }

    /// Whether a change of the config reloads the workload.
    ///
    /// Both must be in the same namespace: others never pair.
    public func decide(_ workload: Workload, _ config: ConfigObject) -> Decision {
        if workload.isParkedCopy { return Decision(.parkedCopy) }
        if workload.isOwnedByCronJob { return Decision(.ownedByCronJob) }
        if workload.isSuspended, workload.kind.writeMethod == .newRun { return Decision(.suspended) }
        let decision = decide(
            Question(
                kind: workload.kind.name, annotations: workload.annotations,
                templateAnnotations: workload.template.annotations, config: config.key.configName,
                isIgnored: config.isTrue(keys.ignore), isMatch: config.isTrue(keys.match),
                isReferenced: workload.template.references.carrier(of: config.key.configName, isNamed: false) != nil))
        let isAsked = decision.reason != .autoReloadAll || !workload.isFinished
        return isAsked ? decision : Decision(.finished, invalidPatterns: decision.invalidPatterns)
    }

    /// The decision procedure; the first rule that applies decides.
    public func decide(_ question: Question) -> Decision {
        let (type, name) = (question.config.type, question.config.name)
        if ignoredKinds.contains(question.kind) { return Decision(.kindIgnored(kind: question.kind)) }
        if question.isIgnored { return Decision(.configIgnored(annotation: keys.ignore)) }
        if excluded(type, question.annotations).contains(name) {
            return Decision(.excluded(annotation: keys.exclude(type)))
        }
        let switches = Switches(keys, type, question.annotations, question.templateAnnotations)
        let list = switches.reload.map(patterns.list)
        let invalid = list?.invalid ?? []
        if let item = list?.match(name) {
            return Decision(.named(item: item, annotation: keys.reload(type)), invalidPatterns: invalid)
        }
        let reason: Decision.Reason
        if switches.searches, question.isMatch {
            reason = .searchMatch
        } else if switches.isAuto {
            reason = .auto(annotation: keys.auto)
        } else if switches.isTypedAuto {
            reason = .auto(annotation: keys.auto(type))
        } else if autoReloadAll, switches.saysNothing {
            reason = .autoReloadAll
        } else {
            return Decision(refusal(type, switches), invalidPatterns: invalid)
        }
        return Decision(question.isReferenced ? reason : .notReferenced, invalidPatterns: invalid)
    }

    /// Why no rule applied: the most specific thing that the workload says.
    private func refusal(_ type: ConfigType, _ switches: Switches) -> Decision.Reason {
        if let value = switches.auto, !value.isEmpty { return .autoOff(annotation: keys.auto, value: value) }
        if let value = switches.typedAuto, !value.isEmpty { return .autoOff(annotation: keys.auto(type), value: value) }
        if switches.searches { return .searchUnmatched(annotation: keys.match) }
        if switches.reload != nil { return .listUnmatched(annotation: keys.reload(type)) }
        return .notOptedIn
    }

    /// Names only, never patterns, and only from the workload's own annotations.
    private func excluded(_ type: ConfigType, _ annotations: [String: String]) -> [String] {
        annotations[keys.exclude(type)].map(CommaList.items) ?? []
    }

    /// The values under which a workload is found when a config changes; none when no config can reload it.
    ///
    /// What is used counts where an annotation or auto-reload-all makes it count; what a list names always does.
    public func indexKeys(for workload: Workload) -> [ConfigIndexKey] {
        guard !ignoredKinds.contains(workload.kind.name), !workload.isOwnedByCronJob, !workload.isParkedCopy else {
            return []
        }
        let used = workload.template.references.configs
        var result: [ConfigIndexKey] = []
        for type in ConfigType.allCases {
            let switches = Switches(keys, type, workload.annotations, workload.template.annotations)
            let list = switches.reload.map(patterns.list)
            var names = list?.names ?? []
            let takesAll =
                switches.searches || switches.isAuto || switches.isTypedAuto || (autoReloadAll && switches.saysNothing)
            if takesAll {
                names.formUnion(used.lazy.filter { $0.type == type }.map(\.name))
            }
            names.subtract(excluded(type, workload.annotations))
            result += names.map { .config(ConfigKey(type, namespace: workload.namespace, name: $0)) }
            // What a template that lies elsewhere uses is not known here.
            if list?.patterns.isEmpty == false || (takesAll && workload.templateOwner != nil) {
                result.append(.patterns(type, namespace: workload.namespace))
            }
        }
        return result
    }

    /// The configs that can reload a workload, without those that only a pattern matches.
    func pairedConfigs(of workload: Workload) -> [ConfigKey] {
        indexKeys(for: workload).compactMap { if case .config(let key) = $0 { key } else { nil } }
    }

    /// Whether a reload of the workload can be seen in it afterwards.
    func leavesTrace(in workload: Workload) -> Bool {
        switch workload.kind.writeMethod {
        case .patch, .recreation, .rolloutPatch: true
        case .newRun: false
        }
    }

    /// Whether a reload of an Argo Rollout restarts its pods instead of changing the template.
    func isRestarted(_ workload: Workload) -> Bool { workload.isRestarted(keys) }

    /// The named-reload list that counts for configs of this type; nil when there is none.
    func list(of workload: Workload, for type: ConfigType) -> NamePatternList? {
        Switches(keys, type, workload.annotations, workload.template.annotations).reload.map(patterns.list)
    }

    /// Items of the workload's named-reload lists that are no regular expressions.
    public func invalidPatterns(of workload: Workload) -> [(annotation: String, pattern: InvalidNamePattern)] {
        ConfigType.allCases.flatMap { type in
            (list(of: workload, for: type)?.invalid ?? []).map { (keys.reload(type), $0) }
        }
    }
}

extension ReloadPolicy {
    /// The four annotations that opt a workload in, for one type of config.
    private struct Switches {
        let reload: String?
        let auto: String?
        let typedAuto: String?
        let searches: Bool

        /// Reads all four from the workload when it has any of them, with whatever value; else all from the template.
        init(_ keys: AnnotationKeys, _ type: ConfigType, _ own: [String: String], _ template: [String: String]) {
            let names = keys.optIn(type)
            let source = names.contains { own[$0] != nil } ? own : template
            reload = source[names[0]]
            auto = source[names[1]]
            typedAuto = source[names[2]]
            searches = source[names[3]] == "true"
        }

        var isAuto: Bool { auto.flatMap(GoBool.parse) == true }
        var isTypedAuto: Bool { typedAuto.flatMap(GoBool.parse) == true }
        var saysNothing: Bool { auto ?? "" == "" && typedAuto ?? "" == "" }
    }
}
