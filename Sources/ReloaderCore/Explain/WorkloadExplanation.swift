/// Why a workload is reloaded, or is not: what it uses, what it says, what a change would do, and what was done last.
///
/// Plain values without any content of a config.
package struct WorkloadExplanation: Hashable, Sendable {
    /// Which workload.
    package var workload: WorkloadKey
    /// How reloads are written.
    package var strategy: ReloadStrategy
    /// The annotations that say something to Reloader, in the order of their keys.
    package var annotations: [AnnotationReading]
    /// The configs that the template uses, that a list of the workload names, or whose marker it carries.
    package var configs: [Row]
    /// Markers that belong to none of ``configs``.
    package var strayMarkers: [MarkerReading]
    /// What the annotations strategy recorded last.
    package var lastReload: LastReload?
    /// Whether ``lastReload`` holds what the config holds now.
    package var lastReloadAgreement: MarkerReading.Agreement?
    /// When Reloader wrote to the object last, as the server has it; RFC 3339.
    package var lastWrite: String?
    /// What Reloader told about the workload, oldest first, for as long as the server keeps Events.
    package var events: [ReloadEvent]
    /// What else matters.
    package var remarks: [Remark]

    /// One config, from the workload's point of view.
    package struct Row: Hashable, Sendable {
        /// The config.
        package var config: ConfigStanding
        /// Where the template uses it; empty when only a list names it.
        package var uses: [ConfigUse]
        /// What a change does.
        package var verdict: Verdict
        /// Its markers in the template.
        package var markers: [MarkerReading]
    }
}

/// Who is reloaded when a config changes, who uses it and is not, and why.
package struct ConfigExplanation: Hashable, Sendable {
    /// The config.
    package var config: ConfigStanding
    /// How reloads are written.
    package var strategy: ReloadStrategy
    /// The workloads that use the config, or would be reloaded by it; those that are reloaded first.
    package var workloads: [Row]
    /// How many other workloads were looked at.
    package var unrelated: Int
    /// What else matters.
    package var remarks: [Remark]

    /// One workload, from the config's point of view.
    package struct Row: Hashable, Sendable {
        /// The workload.
        package var workload: WorkloadKey
        /// Where its template uses the config; empty when only a list names it.
        package var uses: [ConfigUse]
        /// What a change does.
        package var verdict: Verdict
        /// The config's markers in the template.
        package var markers: [MarkerReading]
    }
}

/// A variable that says with which content the pods of a workload started.
package struct MarkerReading: Hashable, Sendable {
    /// Whether it holds what the config holds now.
    package enum Agreement: String, Hashable, Sendable {
        /// The pods started with the content of this moment.
        case current
        /// The content is another one by now.
        case outdated
        /// The config does not exist any more, or could not be read.
        case unknown
    }

    /// The container that carries it.
    package var container: String
    /// The variable's name.
    package var name: String
    /// Whether it holds what the config holds now.
    package var agreement: Agreement

    init(_ marker: PodTemplate.Marker, in container: String, of config: ConfigStanding?) {
        self.container = container
        name = marker.name
        agreement = Agreement(config, holds: Fingerprint(hex: marker.value))
    }
}

extension MarkerReading.Agreement {
    init(_ config: ConfigStanding?, holds content: Fingerprint?) {
        switch config?.state {
        case .present(let object)? where content != nil && config?.isContentKnown == true:
            self = object.fingerprint == content ? .current : .outdated
        case .absent? where content == .deletion: self = .current
        default: self = .unknown
        }
    }
}

/// An annotation that Reloader knows, and whether it is read where it stands.
package struct AnnotationReading: Hashable, Sendable {
    /// Where an annotation stands.
    package enum Place: String, Hashable, Sendable {
        /// On the workload.
        case metadata
        /// On its pod template.
        case template
    }

    /// The key.
    package var key: String
    /// The value.
    package var value: String
    /// Where it stands.
    package var place: Place
    /// Why it means nothing there; nil when it is read.
    package var problem: String?
}

/// Something that matters to whoever asks, such as that a CronJob is suspended.
package struct Remark: Hashable, Sendable {
    /// A short stable word, such as `suspended`.
    package var code: String
    /// A sentence for people.
    package var sentence: String
    /// Whether it is probably not what somebody wanted.
    package var isWarning: Bool

    init(_ code: String, _ sentence: String, isWarning: Bool = false) {
        self.code = code
        self.sentence = sentence
        self.isWarning = isWarning
    }
}
