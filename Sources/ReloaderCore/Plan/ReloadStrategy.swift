/// What a reload changes in the pod template.
///
/// The raw values are those of `--reload-strategy`.
public enum ReloadStrategy: String, Hashable, Sendable, CaseIterable {
    /// An environment variable per config carries its fingerprint.
    case envVars = "env-vars"
    /// One annotation carries the last config that caused a reload.
    case annotations
}
