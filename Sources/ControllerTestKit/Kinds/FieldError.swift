package import KubeClient

/// One finding of validation: a field path and what is wrong with the value.
///
/// Source: `field.Error` of apimachinery, in the wording of kube-apiserver 1.36.
package struct FieldError: Hashable, Sendable, CustomStringConvertible {
    /// The machine-readable kind, `reason` of the cause.
    package enum Reason: String, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case duplicate = "FieldValueDuplicate"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case typeInvalid = "FieldValueTypeInvalid"
    }

    /// The path from the object's root, such as `spec.template.spec.containers[0].image`.
    package var field: String
    package var reason: Reason
    /// The sentence without the path.
    package var message: String

    package init(_ field: String, _ reason: Reason, _ message: String) {
        self.field = field
        self.reason = reason
        self.message = message
    }

    package var description: String { "\(field): \(message)" }
    var cause: APIFailure.Cause { APIFailure.Cause(reason: reason.rawValue, message: message, field: field) }
}

extension FieldError {
    /// The field must be set.
    package static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(field, .required, detail.isEmpty ? "Required value" : "Required value: \(detail)")
    }

    /// The value is not allowed.
    package static func invalid(_ field: String, _ value: JSONValue?, _ detail: String) -> FieldError {
        FieldError(field, .invalid, "Invalid value: \(shown(value)): \(detail)")
    }

    /// The value is not one of a closed set.
    package static func notSupported(_ field: String, _ value: JSONValue?, supported: [String]) -> FieldError {
        let list = supported.map { goQuoted($0) }.joined(separator: ", ")
        return FieldError(field, .notSupported, "Unsupported value: \(shown(value)): supported values: \(list)")
    }

    /// The field may not be set, or may not change.
    package static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(field, .forbidden, "Forbidden: \(detail)")
    }

    /// The value occurs twice in a list that is a set.
    package static func duplicate(_ field: String, _ value: JSONValue?) -> FieldError {
        FieldError(field, .duplicate, "Duplicate value: \(shown(value))")
    }

    /// The value has too many bytes.
    package static func tooLong(_ field: String, maximum: Int) -> FieldError {
        FieldError(field, .tooLong, "Too long: may not be more than \(maximum) bytes")
    }

    private static func shown(_ value: JSONValue?) -> String {
        if case .string(let text)? = value { return goQuoted(text) }
        return goJSON(value ?? .null)
    }
}
