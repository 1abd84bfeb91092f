import KubeClient

// Numbers: core/v1 and meta/v1. Only what ``ConfigObject`` reads.
extension ProtobufMessage {
    static let configMap = ProtobufMessage(
        .init(1, "metadata", .message(configObjectMeta)),
        .init(2, "data", .map(.string)),
        .init(3, "binaryData", .map(.bytes)))

    static let secret = ProtobufMessage(
        .init(1, "metadata", .message(configObjectMeta)),
        .init(2, "data", .map(.bytes)))

    /// Of any kind.
    static let configMetadata = ProtobufMessage(.init(1, "metadata", .message(configObjectMeta)))

    private static let configObjectMeta = ProtobufMessage(
        .init(1, "name", .string),
        .init(3, "namespace", .string),
        .init(5, "uid", .string),
        .init(6, "resourceVersion", .string),
        .init(12, "annotations", .map(.string)))
}
