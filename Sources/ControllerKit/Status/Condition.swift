public import KubeClient

/// One observation about an object, as controllers report it in `status.conditions`.
///
/// Source: `meta/v1 Condition`.
public struct Condition: Hashable, Sendable {
    /// Whether what the type says is the case.
    public enum Status: String, Sendable {
        /// It is.
        case `true` = "True"
        /// It is not.
        case `false` = "False"
        /// Nobody knows.
        case unknown = "Unknown"
    }

    /// What is observed, in UpperCamelCase; an object has one condition of a type.
    public var type: String
    /// Whether it is the case.
    public var status: Status
    /// Why, in one UpperCamelCase word for machines; required by the API.
    public var reason: String
    /// Why, for people.
    public var message: String
    /// The generation of the object that was looked at.
    public var observedGeneration: Int?
    /// Since when the status has been what it is, RFC 3339 in UTC; ``Swift/Array/set(_:now:)`` sees to it.
    public var lastTransitionTime: String

    /// Creates a condition.
    public init(
        _ type: String, _ status: Status, reason: String, message: String = "", observedGeneration: Int? = nil,
        lastTransitionTime: String = ""
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }

    /// The condition as JSON.
    public var json: JSONValue {
        var json: JSONValue = [
            "type": .string(type), "status": .string(status.rawValue), "reason": .string(reason),
            "message": .string(message), "lastTransitionTime": .string(lastTransitionTime),
        ]
        if let observedGeneration { json["observedGeneration"] = JSONValue(observedGeneration) }
        return json
    }
}

extension Condition: KubeDecodable {
    /// Reads an entry of `status.conditions`; a status that is no word of the API reads as unknown.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init("", .unknown, reason: "")
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "type": type = try reader.stringOrEmpty()
            case "status": status = Status(rawValue: try reader.stringOrEmpty()) ?? .unknown
            case "reason": reason = try reader.stringOrEmpty()
            case "message": message = try reader.stringOrEmpty()
            case "observedGeneration": observedGeneration = try reader.intOrNil()
            case "lastTransitionTime": lastTransitionTime = try reader.stringOrEmpty()
            default: break
            }
        }
    }
}

extension [Condition] {
    /// Reads the array that the reader is at; anything else reads as no conditions.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.forEachElementIfArray { (reader) throws(JSONError) in append(try Condition(from: &reader)) }
    }

    /// The condition of a type.
    public subscript(type: String) -> Condition? { first { $0.type == type } }

    /// Whether the condition of a type is there and true.
    public func isTrue(_ type: String) -> Bool { self[type]?.status == .true }

    /// Puts a condition in the place of the one of its type, and returns whether that changed anything.
    ///
    /// The transition time becomes `now` when the status differs from before, and stays what it was otherwise, whatever
    /// else changes; so a controller that reports the same again changes nothing. Of a condition that changes its status, a
    /// time of its own is kept: one that is not empty and not the one that is stored.
    @discardableResult
    public mutating func set(_ condition: Condition, now: Timestamp = .now()) -> Bool {
        var condition = condition
        let index = firstIndex { $0.type == condition.type }
        let stored = index.map { self[$0] }
        if let stored, stored.status == condition.status, !stored.lastTransitionTime.isEmpty {
            condition.lastTransitionTime = stored.lastTransitionTime
        } else if ["", stored?.lastTransitionTime].contains(condition.lastTransitionTime) {
            condition.lastTransitionTime = now.rfc3339
        }
        guard let index else {
            append(condition)
            return true
        }
        if self[index] == condition { return false }
        self[index] = condition
        return true
    }

    /// Takes out the condition of a type; returns whether there was one.
    @discardableResult
    public mutating func remove(_ type: String) -> Bool {
        let count = count
        removeAll { $0.type == type }
        return self.count != count
    }

    /// The list as JSON.
    public var json: JSONValue { .array(map(\.json)) }
}
