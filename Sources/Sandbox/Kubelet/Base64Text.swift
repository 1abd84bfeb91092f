import KubeClient

/// The text that a value of a Secret's `data` stands for; nil when it is not base64.
///
/// What is not UTF-8 gets replacement characters: environment variables are text.
func decodedBase64(_ text: String) -> String? {
    Base64.decode(text).map { String(decoding: $0, as: UTF8.self) }
}
