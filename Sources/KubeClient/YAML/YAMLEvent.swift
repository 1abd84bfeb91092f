/// One step through a YAML stream, with the place where it begins.
struct YAMLEvent {
    /// What begins, ends or stands there.
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    var kind: Kind
    /// Counted from 1.
    var line: Int
    /// Counted from 1.
    var column: Int
}
