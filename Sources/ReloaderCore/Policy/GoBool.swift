/// Booleans as Go's `strconv.ParseBool` reads them.
public enum GoBool {
    /// The value of one of the twelve words; nil for anything else, such as `yes` or `tRUE`.
    public static func parse(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }
}
