/// What a changed config does to the Jobs that it concerns.
///
/// The raw values are those of `--job-policy`.
public enum JobPolicy: String, Hashable, Sendable, CaseIterable {
    /// Deletes them and creates them again, because a Job's template cannot be changed.
    case recreate
    /// Nothing: Jobs are not even watched.
    case ignore
}
