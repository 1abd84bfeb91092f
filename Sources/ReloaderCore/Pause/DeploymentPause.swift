import KubeClient

/// What a Deployment says about its pauses, as a value; the whole state of a pause is in the object.
///
/// A Deployment is paused by Reloader when `spec.paused` is true and the paused-at annotation is not empty. It is resumed when
/// the pause period has passed since that time, or when nothing asks for a pause any more. So any process that sees the
/// object knows what to do: nothing is lost with the one that paused it.
struct DeploymentPause: Hashable, Sendable {
    /// Who has paused the Deployment.
    enum Holder: Hashable, Sendable {
        case nobody
        /// Reloader, at a time that can be read or not.
        case reloader(since: Timestamp?)
        /// A person or another tool: never touched.
        case somebodyElse
    }

    /// What the pause-period annotation says.
    enum Period: Hashable, Sendable {
        case absent
        /// Never negative; zero pauses nothing.
        case lasting(Duration, text: String)
        /// No duration as Go writes them.
        case invalid(String)

        init(_ text: String?) {
            guard let text else {
                self = .absent
                return
            }
            self = GoDuration.parse(text).map { .lasting(max($0, .zero), text: text) } ?? .invalid(text)
        }
    }

    /// What to do before the template is written.
    enum BeforeReload: Hashable, Sendable {
        case nothing
        /// Pause it; `text` is the period as the annotation has it.
        case pause(text: String, Duration)
        /// It is paused already; the template takes effect when it is resumed.
        case isPaused
    }

    /// What to do with the pause itself.
    enum Step: Hashable, Sendable {
        case nothing
        /// Look again after this time.
        case wait(Duration)
        case resume(Reason)
        /// It was resumed by somebody else; without the paused-at annotation a later pause of theirs is not taken for ours.
        case forget
    }

    /// Why a pause ends.
    enum Reason: String, Hashable, Sendable {
        case expired
        case periodRemoved = "pause period removed"
        case periodInvalid = "pause period invalid"
        case timeUnreadable = "time of the pause unreadable"
    }

    let holder: Holder
    let period: Period
    /// Whether there is a paused-at annotation without a pause.
    private let isLeftOver: Bool

    init(_ workload: Workload, _ keys: AnnotationKeys) {
        period = workload.kind == .deployment ? Period(workload.annotations[keys.pausePeriod]) : .absent
        let pausedAt = workload.kind == .deployment ? workload.annotations[keys.pausedAt] ?? "" : ""
        isLeftOver = !pausedAt.isEmpty && !workload.isPaused
        holder =
            if !workload.isPaused {
                .nobody
            } else if pausedAt.isEmpty {
                .somebodyElse
            } else {
                .reloader(since: Timestamp(rfc3339: pausedAt))
            }
    }

    /// Whether Reloader has to look at the pause again, now or later.
    var concerns: Bool {
        if case .reloader = holder { true } else { isLeftOver }
    }

    /// What to do before the template is written.
    var beforeReload: BeforeReload {
        guard case .lasting(let duration, let text) = period, duration > .zero else { return .nothing }
        return holder == .nobody ? .pause(text: text, duration) : .isPaused
    }

    /// Whether the pause should have ended a while ago, because nobody was there to end it.
    func isOverdue(at now: Timestamp) -> Bool {
        guard case .reloader(let since?) = holder, case .lasting(let duration, _) = period else { return false }
        return now.duration(to: since.advanced(by: duration)) < .seconds(-1)
    }

    /// What to do with the pause itself at a moment.
    func step(at now: Timestamp) -> Step {
        guard case .reloader(let since) = holder else { return isLeftOver ? .forget : .nothing }
        switch period {
        case .absent: return .resume(.periodRemoved)
        case .invalid: return .resume(.periodInvalid)
        case .lasting(let duration, _):
            // A time that lies further ahead than the pause would last comes from a clock that cannot be trusted.
            guard let since, now.duration(to: since) <= duration else { return .resume(.timeUnreadable) }
            let remainder = now.duration(to: since.advanced(by: duration))
            return remainder > .zero ? .wait(remainder) : .resume(.expired)
        }
    }
}
