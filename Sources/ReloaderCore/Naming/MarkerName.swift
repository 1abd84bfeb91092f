/// Names of the environment variables that carry fingerprints in pod templates: `STAKATER_<NAME>_<TYPE>`.
public enum MarkerName {
    /// What every marker's name begins with.
    public static let prefix = "STAKATER_"

    /// The marker of a config: `a.b-c` and `a-b-c` share one, which other versions of Reloader expect.
    public static func marker(for config: ConfigName) -> String {
        "\(prefix)\(upperCased(config.name))_\(config.type.tag)"
    }

    /// The marker of a config.
    public static func marker(for config: ConfigKey) -> String { marker(for: config.configName) }

    /// ASCII upper case; each run of anything but letters and digits is one underscore, or nothing at the start.
    private static func upperCased(_ name: String) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(name.utf8.count)
        var isInRun = false
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): text.append(byte - 32)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): text.append(byte)
            default:
                if !isInRun, !text.isEmpty { text.append(UInt8(ascii: "_")) }
                isInRun = true
                continue
            }
            isInRun = false
        }
        return String(decoding: text, as: UTF8.self)
    }
}
