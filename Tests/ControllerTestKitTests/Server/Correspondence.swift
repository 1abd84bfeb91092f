import KubeClient

@testable import ControllerTestKit

/// Which of this server's uids, versions, tokens and generated names stand for the recorded ones, by first sight.
struct Correspondence {
    private var texts: [String: String] = [:]
    private var versions: [UInt64: UInt64] = [:]
    /// Recorded objects that were there before and that several managers had written.
    var mixedOwners: Set<String> = []
    /// The version before the first step.
    var start: UInt64 = 0
    private(set) var mismatches: [String] = []

    mutating func takeMismatches() -> [String] {
        defer { mismatches = [] }
        return mismatches
    }

    // MARK: Requests

    /// A recorded request's text with this server's values in it.
    func translated(_ text: String) -> String {
        var text = text
        for (recorded, ours) in texts.sorted(by: { $0.key.count > $1.key.count }) where recorded.utf8.count > 8 {
            text = text.replacing(recorded, with: ours)
        }
        for (recorded, ours) in versions {
            text = text.replacing("\"resourceVersion\":\"\(recorded)\"", with: "\"resourceVersion\":\"\(ours)\"")
        }
        return text
    }

    /// A recorded target with this server's versions, tokens and names in it.
    func translatedTarget(_ target: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
            .map { texts[String($0)] ?? String($0) }.joined(separator: "/")
        guard parts.count > 1 else { return path }
        let query = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { item -> String in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { return String(item) }
            switch pair[0] {
            case "continue": return "continue=\(texts[String(pair[1])] ?? String(pair[1]))"
            case "resourceVersion":
                return "resourceVersion=\(UInt64(pair[1]).map { String(version($0)) } ?? String(pair[1]))"
            default: return String(item)
            }
        }
        return path + "?" + query.joined(separator: "&")
    }

    /// This server's version for a recorded one that need not have been shown: that of the newest shown before it.
    private func version(_ recorded: UInt64) -> UInt64 {
        if let ours = versions[recorded] { return ours }
        if recorded < 100 || recorded > 1_000_000 { return recorded }
        guard let floor = versions.keys.filter({ $0 <= recorded }).max() else { return start }
        return versions[floor] ?? start
    }

    // MARK: Answers

    mutating func bind(version recorded: String, to ours: String) {
        guard let recorded = UInt64(recorded), let ours = UInt64(ours) else { return }
        versions[recorded] = ours
    }
    mutating func bind(_ recorded: String, to ours: String) { texts[recorded] = ours }

    /// Compares two trees, taking values that may differ as corresponding when they are first seen.
    mutating func compare(_ recorded: JSONValue, _ ours: JSONValue, at path: String = "") {
        switch (recorded, ours) {
        case (.array(let left), .array(let right)) where path.hasSuffix(".managedFields"):
            compareManagers(left, right, path)
        case (.object(let left), .object(let right)): compareMembers(left, right, path)
        case (.array(let left), .array(let right)):
            if left.count != right.count {
                mismatches.append("\(path): \(left.count) elements recorded, \(right.count) here")
            }
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: "\(path)[\(index)]")
            }
        case (.string(let left), .string(let right)): compareTexts(left, right, path)
        default: if recorded != ours { note(path, goJSON(recorded), goJSON(ours)) }
        }
    }

    private mutating func compareMembers(_ recorded: JSONObject, _ ours: JSONObject, _ path: String) {
        let left = recorded.members.filter { isCompared($0.name, in: recorded, path) }
            // Keys of managed fields hold uids.
            .map { (name: $0.name.hasPrefix("k:") ? translated($0.name) : $0.name, value: $0.value) }
        let right = ours.members.filter { isCompared($0.name, in: recorded, path) }
        guard left.map(\.name) == right.map(\.name) else {
            let isSameSet = Set(left.map(\.name)) == Set(right.map(\.name))
            note(
                path, (isSameSet ? "order " : "members ") + left.map(\.name).joined(separator: ","),
                right.map(\.name).joined(separator: ","))
            for member in left {
                if let value = ours[member.name] { compare(member.value, value, at: "\(path).\(member.name)") }
            }
            return
        }
        for (member, other) in zip(left, right) { compare(member.value, other.value, at: "\(path).\(member.name)") }
    }

    /// Left out: what the controllers of the recorded cluster wrote, and hashes that only migrations look at.
    private func isCompared(_ name: String, in object: JSONObject, _ path: String) -> Bool {
        let workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Scale"]
        switch name {
        case "managedFields": return object["uid"].map { !mixedOwners.contains($0.string ?? "") } ?? false
        case "status": return !workloads.contains(object["kind"]?.string ?? "")
        case "annotations":
            return object["annotations"]?.object?.members.map(\.name) != ["deployment.kubernetes.io/revision"]
        case "deployment.kubernetes.io/revision": return false
        // Custom resources have none here.
        case "storageVersionHash": return false
        default: return true
        }
    }

    /// The managers by name, since their order goes by times.
    ///
    /// Left out are the recorded cluster's controllers, and with them who else wrote the status.
    private mutating func compareManagers(_ recorded: [JSONValue], _ ours: [JSONValue], _ path: String) {
        let controllers: Set<String?> = ["kube-controller-manager", "fakekubelet"]
        let hasControllers = recorded.contains { controllers.contains($0["manager"]?.string) }
        func sorted(_ list: [JSONValue]) -> [JSONValue] {
            func text(_ entry: JSONValue, _ name: String) -> String { entry[name]?.string ?? "" }
            return list.filter { !controllers.contains(text($0, "manager")) }
                .filter { !hasControllers || text($0, "subresource") != "status" }
                .sorted {
                    (text($0, "manager"), text($0, "subresource")) < (text($1, "manager"), text($1, "subresource"))
                }
        }
        let (left, right) = (sorted(recorded), sorted(ours))
        guard left.count == right.count else {
            return note(path, goJSON(.array(recorded)), goJSON(.array(ours)))
        }
        for (mine, other) in zip(left, right) { compare(mine, other, at: path) }
    }

    private mutating func compareTexts(_ recorded: String, _ ours: String, _ path: String) {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        switch name {
        case "resourceVersion":
            guard let number = UInt64(recorded), let other = UInt64(ours) else { return note(path, recorded, ours) }
            if let known = versions[number] {
                if known != other { note(path, "\(recorded) (here \(known))", ours) }
            } else {
                versions[number] = other
            }
        case "uid", "continue":
            if let known = texts[recorded] {
                if known != ours { note(path, "\(recorded) (here \(known))", ours) }
            } else {
                texts[recorded] = ours
            }
        default:
            bindUIDs(in: recorded, to: ours)
            if recorded == ours || translated(recorded) == ours { return }
            if Self.isTime(recorded), Self.isTime(ours) { return }
            // The age column of a Table.
            if path.contains(".cells["), recorded.wholeMatch(of: /[0-9]+[smh]/) != nil, ours == "0s" { return }
            if name == "message", Self.essence(translated(recorded)) == Self.essence(ours) { return }
            note(path, recorded, ours)
        }
    }

    /// Some uids are shown in messages only.
    private mutating func bindUIDs(in recorded: String, to ours: String) {
        let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
        let (left, right) = (recorded.matches(of: pattern), ours.matches(of: pattern))
        guard left.count == right.count else { return }
        for (mine, other) in zip(left, right) where texts[String(mine.output)] == nil {
            texts[String(mine.output)] = String(other.output)
        }
    }

    private mutating func note(_ path: String, _ recorded: String, _ ours: String) {
        mismatches.append("\(path): recorded \(recorded.prefix(400)) / here \(ours.prefix(400))")
    }

    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{6})?Z/) != nil
    }

    /// A message without what differs from run to run: times, versions that no other answer shows, field managers.
    private static func essence(_ text: String) -> String {
        var text = text
        while let start = text.firstRange(of: ",\\\"managedFields\\\":["),
            let end = text[start.upperBound...].firstRange(of: "}}}]")
                ?? text[start.upperBound...].firstRange(of: "}}]")
        {
            text.removeSubrange(start.lowerBound..<end.upperBound)
        }
        var result = ""
        var digits = ""
        for character in text + "\0" {
            if character.isNumber {
                digits.append(character)
            } else {
                result += digits.count >= 4 ? "#" : digits
                digits = ""
                result.append(character)
            }
        }
        return result.replacing(/#-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "TIME")
    }
}
