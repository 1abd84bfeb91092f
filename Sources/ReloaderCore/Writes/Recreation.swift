import KubeClient

/// How far the recreation of one Job has come, as a value: answers in, requests out.
///
/// A copy is parked before the Job is deleted and removed after it is there again, so that a Job whose Reloader was killed
/// in between can be found and finished.
struct Recreation: Sendable {
    /// The next request.
    enum Request: Hashable, Sendable {
        /// Create the copy.
        case park
        case delete
        case create
        /// Who has the name.
        case inspect
        /// Remove the copy.
        case unpark
    }

    /// What came of a request.
    enum Answer: Sendable {
        case done
        case refused(KubeError)
        /// `isOurs`: a Reloader has created it.
        case found(uid: String?, isOurs: Bool = false)
    }

    /// What to do after an answer.
    enum Action: Sendable {
        /// Send ``next``.
        case proceed
        /// Send it after this time.
        case retry(after: Duration)
        /// Report the error; if the recreation ``isBegun``, it goes on later.
        case fail(KubeError)
        /// Forget it.
        case finish(WriteOutcome)
    }

    private static let longestPause = Duration.seconds(10)

    /// The Job as it was before.
    let subject: ReloadSubject
    private(set) var next: Request
    /// Whether the Job may have been deleted, so that giving up would lose it.
    private(set) var isBegun: Bool
    /// Whether an earlier try may have created the Job.
    private var mayExist = false
    private var pause = Duration.milliseconds(250)
    /// What comes after the copy is removed.
    private var ending = Action.finish(.done)

    init(_ subject: ReloadSubject) {
        self.subject = subject
        next = .park
        isBegun = false
    }

    /// The recreation of a Job whose copy was found and which is deleted, or about to go.
    init(resuming subject: ReloadSubject) {
        self.subject = subject
        next = .create
        isBegun = true
    }

    mutating func received(_ answer: Answer) -> Action {
        switch next {
        case .park: parking(answer)
        case .delete: deletion(answer)
        case .create: creation(answer)
        case .inspect: inspection(answer)
        case .unpark: ending
        }
    }

    /// Removes the copy, whatever comes of that, and ends.
    private mutating func end(_ action: Action) -> Action {
        ending = action
        next = .unpark
        return .proceed
    }

    private mutating func parking(_ answer: Answer) -> Action {
        if case .refused(let error) = answer {
            if error.isNotFound { return .finish(.gone) }
            // The name belongs to this incarnation of the Job: an earlier try was here.
            guard error.isAlreadyExists else { return .fail(error) }
        }
        next = .delete
        return .proceed
    }

    private mutating func deletion(_ answer: Answer) -> Action {
        if case .refused(let error) = answer {
            if error.isConflict {
                // Another incarnation has the name. Was it ours that went, whose deletion was not confirmed, then somebody
                // else has created it again.
                return end(isBegun ? .finish(.done) : .finish(.again(after: pause)))
            }
            // When it was there a moment ago and an earlier try may have deleted it, it counts as deleted by us.
            guard error.isNotFound, isBegun else {
                if error.isNotFound { return end(.finish(.gone)) }
                if error.isRefusal, !isBegun { return end(.fail(error)) }
                isBegun = true
                return .fail(error)
            }
        }
        isBegun = true
        next = .create
        return .proceed
    }

    private mutating func creation(_ answer: Answer) -> Action {
        guard case .refused(let error) = answer else { return end(.finish(.done)) }
        // The namespace is gone, and everything in it.
        if error.isNotFound { return .finish(.gone) }
        guard error.isAlreadyExists else {
            if !error.isRefusal { mayExist = true }
            return .fail(error)
        }
        next = .inspect
        return .proceed
    }

    private mutating func inspection(_ answer: Answer) -> Action {
        next = .create
        switch answer {
        // The deletion is not complete: finalizers hold the Job.
        case .found(subject.workload.uid, _):
            defer { pause = min(pause * 2, Self.longestPause) }
            return .retry(after: pause)
        case .found(nil, _), .done: return .retry(after: .zero)
        // An earlier try of ours whose answer did not arrive, with the contents of its time: the Job says which.
        case .found(_, isOurs: true) where mayExist: return end(.finish(.again(after: .milliseconds(250))))
        // Somebody else was faster.
        case .found: return end(.finish(.done))
        case .refused(let error): return .fail(error)
        }
    }
}
