import KubeClient
import ReloaderCore

/// Explanations as text for people.
struct ExplanationText {
    let style: TextStyle

    /// The explanation of a workload, each line ended.
    func text(_ explanation: WorkloadExplanation) -> String {
        var lines = [style.paint("\(explanation.workload)", .strong)]
        lines += paragraph(Self.summary(explanation)) + [""]
        if !explanation.configs.isEmpty {
            var table = TextTable(titles: ["CONFIG", "USED IN", "ON A CHANGE", "MARKER", "WHY"])
            table.rows = explanation.configs.map { row in
                [
                    TextTable.Cell(Self.name(row.config)), TextTable.Cell(Self.uses(row.uses)),
                    Self.outcome(row.verdict),
                    Self.markers(row.markers, row.verdict), TextTable.Cell(row.verdict.sentence),
                ]
            }
            lines += table.lines(style) + [""]
        }
        if !explanation.annotations.isEmpty {
            var table = TextTable(titles: ["ANNOTATION", "VALUE", "ON", "NOTE"])
            table.rows = explanation.annotations.map { annotation in
                [
                    TextTable.Cell(annotation.key), TextTable.Cell(Self.shortened(annotation.value)),
                    TextTable.Cell(annotation.place == .metadata ? explanation.workload.kind.name : "pod template"),
                    TextTable.Cell(annotation.problem ?? "", .warning),
                ]
            }
            lines += table.lines(style) + [""]
        }
        lines += history(explanation)
        lines += notes(explanation.remarks)
        return Self.ended(lines)
    }

    /// The explanation of a config, each line ended.
    func text(_ explanation: ConfigExplanation) -> String {
        let key = explanation.config.key
        var lines = [style.paint("\(key.type.kindName) \(key.namespace)/\(key.name)", .strong)]
        lines += paragraph(Self.summary(explanation)) + [""]
        if !explanation.workloads.isEmpty {
            var table = TextTable(titles: ["WORKLOAD", "USED IN", "ON A CHANGE", "MARKER", "WHY"])
            table.rows = explanation.workloads.map { row in
                [
                    TextTable.Cell("\(row.workload.kind.name.lowercased())/\(row.workload.object.name)"),
                    TextTable.Cell(Self.uses(row.uses)), Self.outcome(row.verdict),
                    Self.markers(row.markers, row.verdict), TextTable.Cell(row.verdict.sentence),
                ]
            }
            lines += table.lines(style) + [""]
        }
        lines += notes(explanation.remarks)
        return Self.ended(lines)
    }

    private static func summary(_ explanation: WorkloadExplanation) -> String {
        let reloading = explanation.configs.filter(\.verdict.isReload)
        guard let effect = reloading.first?.verdict.effect else {
            return explanation.configs.isEmpty
                ? "It uses no ConfigMap and no Secret, and names none: nothing reloads it."
                : "No change of what it uses or names reloads it."
        }
        return "\(reloading.count) of \(explanation.configs.count) configs reload it when they change: "
            + "\(effect.action.sentence) (--reload-strategy=\(explanation.strategy.rawValue))."
    }

    private static func summary(_ explanation: ConfigExplanation) -> String {
        let reloading = explanation.workloads.filter(\.verdict.isReload).count
        let others =
            "\(explanation.unrelated) other \(explanation.unrelated == 1 ? "workload" : "workloads") of the "
            + "namespace neither \(explanation.unrelated == 1 ? "uses" : "use") it nor "
            + "\(explanation.unrelated == 1 ? "names" : "name") it."
        let count = explanation.workloads.count
        let concerned = count == 1 ? "1 workload that uses or names it" : "the \(count) workloads that use or name it"
        return "A change reloads \(reloading) of \(concerned). \(others)"
    }

    private static func name(_ config: ConfigStanding) -> [String] {
        let name = "\(config.key.type.kindName.lowercased())/\(config.key.name)"
        return switch config.state {
        case .present where !config.isContentKnown: [name, "(mounted by no pod)"]
        case .present: [name]
        case .absent: [name, "(does not exist)"]
        case .unknown: [name, "(not read)"]
        }
    }

    private static func uses(_ uses: [ConfigUse]) -> [String] {
        uses.isEmpty ? ["-"] : uses.map(\.sentence)
    }

    private static func outcome(_ verdict: Verdict) -> TextTable.Cell {
        guard let effect = verdict.effect else { return TextTable.Cell("nothing", .warning) }
        let owner = effect.owner.map { " through \($0.kind.name.lowercased())/\($0.object.name)" } ?? ""
        return TextTable.Cell("reload\(owner)", .good)
    }

    private static func markers(_ markers: [MarkerReading], _ verdict: Verdict) -> TextTable.Cell {
        guard markers.isEmpty else {
            return TextTable.Cell(
                markers.map { "\($0.agreement.rawValue) in \($0.container)" },
                markers.contains { $0.agreement == .outdated } ? .warning : nil)
        }
        guard let effect = verdict.effect, effect.marker.hasPrefix(MarkerName.prefix) else {
            return TextTable.Cell("-")
        }
        return TextTable.Cell("none yet in \(effect.containers.joined(separator: ", "))")
    }

    private func history(_ explanation: WorkloadExplanation) -> [String] {
        var facts: [String] = []
        if let last = explanation.lastReload {
            let agreement = explanation.lastReloadAgreement.map { "; its content is \($0.sentence)" } ?? ""
            facts.append(
                "\(timestamp(last.observedAt)): for \(last.config.type.kindName) \(last.config.name), container "
                    + "\(last.container)\(agreement) (annotation of the pod template)")
        }
        if let time = explanation.lastWrite { facts.append("\(time): Reloader's last write to the object") }
        for event in explanation.events {
            let times = event.count > 1 ? " (\(event.count) times)" : ""
            facts.append("\(event.time): \(event.reason)\(times): \(event.message)")
        }
        for marker in explanation.strayMarkers {
            facts.append("Marker \(marker.name) in \(marker.container) belongs to no config that can be seen.")
        }
        guard !facts.isEmpty else {
            return ["No trace of a reload. Events are kept for an hour, by default.", ""]
        }
        return [style.paint("RELOADS SO FAR", .faint)] + facts.flatMap { item("  ", $0) } + [""]
    }

    private func timestamp(_ seconds: Int) -> String { explanationTime(seconds) }

    private func notes(_ remarks: [Remark]) -> [String] {
        guard !remarks.isEmpty else { return [] }
        return [style.paint("NOTES", .faint)]
            + remarks.flatMap { remark in
                item(remark.isWarning ? style.paint("!", .warning) + " " : "  ", remark.sentence)
            } + [""]
    }

    private func item(_ mark: String, _ text: String) -> [String] {
        let lines = style.width.map { TextTable.wrapped(text, max(20, $0 - 4)) } ?? [text]
        return lines.enumerated().map { $0 == 0 ? mark + $1 : "    " + $1 }
    }

    private func paragraph(_ text: String) -> [String] {
        style.width.map { TextTable.wrapped(text, max(20, $0)) } ?? [text]
    }

    /// Lists can be long, and so can what the annotations strategy records.
    private static func shortened(_ value: String) -> String { value.count > 40 ? value.prefix(39) + "…" : value }

    private static func ended(_ lines: [String]) -> String {
        var lines = lines
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension ConfigType {
    /// The kind that people name, which for the CSI driver is not the kind that is watched.
    var kindName: String {
        switch self {
        case .configMap: "ConfigMap"
        case .secret: "Secret"
        case .secretProviderClass: "SecretProviderClass"
        }
    }
}

extension Verdict.Action {
    /// What it does, as a part of a sentence.
    var sentence: String {
        switch self {
        case .patchTemplate: "the pod template is patched, and Kubernetes replaces the pods"
        case .patchJobTemplate: "the template of the Jobs to come is patched, nothing is started"
        case .startJob: "one Job is started"
        case .recreateJob: "the Job is deleted and created again"
        case .restartRollout: "spec.restartAt is set"
        }
    }
}

extension MarkerReading.Agreement {
    /// What it means, after "its content is".
    var sentence: String {
        switch self {
        case .current: "still the same"
        case .outdated: "another one by now"
        case .unknown: "not known"
        }
    }
}

extension ConfigUse {
    /// One line: the container, how, and which keys.
    var sentence: String {
        let keys = keys.isEmpty ? "" : " (\(keys.count == 1 ? "key" : "keys") \(keys.joined(separator: ", ")))"
        let how: String =
            switch place {
            case .variable(let name): "env \(name)"
            case .allVariables: "envFrom"
            case .volume(let name, let paths): "volume \(name)\(Self.mounts(paths))"
            case .projection(let name, let paths): "projected volume \(name)\(Self.mounts(paths))"
            case .csi(let name, let paths): "CSI volume \(name)\(Self.mounts(paths))"
            }
        let who = container.map { isInit ? "init \($0)" : $0 } ?? "mounted nowhere"
        return "\(who): \(how)\(keys)"
    }

    private static func mounts(_ paths: [String]) -> String {
        paths.isEmpty ? "" : " at \(paths.joined(separator: ", "))"
    }
}
