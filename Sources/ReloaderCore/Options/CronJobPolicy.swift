/// What a changed config does to the CronJobs that it concerns.
///
/// The raw values are those of `--cronjob-policy`.
public enum CronJobPolicy: String, Hashable, Sendable, CaseIterable {
    /// Starts a run at once, unless the CronJob is suspended; the CronJob itself stays as it is.
    case run
    /// Changes the template, so that the runs to come say which content they started with; starts nothing.
    case template
    /// Nothing: CronJobs are not even watched.
    case ignore
}
