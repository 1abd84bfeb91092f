public import KubeClient

/// Asks the API server whether this account may do what a program needs.
///
/// One SelfSubjectAccessReview for each verb of each rule, several at a time; equal questions are asked once. Reviews answer
/// for every authoriser of the server, whereas the cheaper SelfSubjectRulesReview may leave rules out, and would then
/// report as missing what is granted. Changes nothing on the server. Source: `authorization.k8s.io/v1`.
public struct PermissionChecker: Sendable {
    private struct Question: Hashable, Sendable {
        var rule: PermissionRule
        var verb: String

        init(_ verb: String, of rule: PermissionRule) {
            self.verb = verb
            self.rule = rule
            // Only what the server is told tells questions apart.
            self.rule.verbs = []
            self.rule.why = ""
            self.rule.isOptional = false
            self.rule.servedVersion = nil
        }
    }

    private let client: KubeClient
    private let reviews: ResourceClient<AccessReview>
    private let concurrency: Int

    /// Creates a checker that has at most `concurrency` requests under way.
    public init(_ client: KubeClient, concurrency: Int = 8) {
        self.client = client
        reviews = client.resource(AccessReview.self)
        self.concurrency = max(1, concurrency)
    }

    /// Asks about all rules that count here; what cannot be asked is in the report, too.
    ///
    /// Throws `CancellationError` when the task is cancelled.
    public func check(_ rules: [PermissionRule]) async throws(CancellationError) -> PermissionReport {
        let missing = await unserved(among: rules)
        var report = PermissionReport()
        report.unserved = rules.filter { $0.served.map(missing.contains) ?? false }
        let rules = rules.filter { !report.unserved.contains($0) }
        let answers = await answers(rules)
        if Task.isCancelled { throw CancellationError() }
        for rule in rules {
            var missing: [String] = []
            var unanswered: [String] = []
            for verb in rule.verbs {
                switch answers[Question(verb, of: rule)] {
                case .success(let review):
                    if !review.isAllowed { missing.append(verb) }
                    let remark = review.evaluationError
                    if !review.isAllowed, !remark.isEmpty, !report.remarks.contains(remark) {
                        report.remarks.append(remark)
                    }
                case .failure(let error):
                    unanswered.append(verb)
                    report.failure = report.failure ?? error
                case nil: unanswered.append(verb)
                }
            }
            if !missing.isEmpty { report.missing.append(rule.withVerbs(missing)) }
            if !unanswered.isEmpty { report.unanswered.append(rule.withVerbs(unanswered)) }
        }
        return report
    }

    /// The resources that some rules depend on and the server does not have; where discovery fails they count as served.
    private func unserved(among rules: [PermissionRule]) async -> Set<APIResource> {
        var missing: Set<APIResource> = []
        for resource in Set(rules.compactMap(\.served)) where (try? await client.serves(resource)) == false {
            missing.insert(resource)
        }
        return missing
    }

    private func answers(_ rules: [PermissionRule]) async -> [Question: Result<AccessReview, KubeError>] {
        var seen: Set<Question> = []
        var questions = rules.flatMap { rule in rule.verbs.map { Question($0, of: rule) } }
            .filter { seen.insert($0).inserted }[...]
        return await withTaskGroup(of: (Question, Result<AccessReview, KubeError>).self) { group in
            func askNext() {
                guard let question = questions.popFirst() else { return }
                group.addTask { (question, await ask(question)) }
            }
            for _ in 0..<concurrency { askNext() }
            var answers: [Question: Result<AccessReview, KubeError>] = [:]
            while let (question, answer) = await group.next() {
                answers[question] = answer
                // A server that is not there, or does not answer such questions, need not be asked all of them.
                if case .failure = answer { questions = [] }
                askNext()
            }
            return answers
        }
    }

    private func ask(_ question: Question) async -> Result<AccessReview, KubeError> {
        do throws(KubeError) {
            return .success(try await reviews.create(AccessReview.question(question.verb, of: question.rule)))
        } catch {
            return .failure(error)
        }
    }
}

extension PermissionRule {
    /// What the server must have for the rule to count; nil when it always counts.
    fileprivate var served: APIResource? {
        servedVersion.map { APIResource(group: group, version: $0, plural: resource, kind: "") }
    }

    /// The same rule with other verbs.
    func withVerbs(_ verbs: [String]) -> PermissionRule {
        var rule = self
        rule.verbs = verbs
        return rule
    }
}
