import ReloaderCore
import Testing

@testable import Reloader

@Suite struct BatchOptionsTests {
    private func options(_ arguments: [String]) throws -> ReloaderOptions {
        guard case .run(let flags) = try CommandLineParser.parse(arguments) else { return ReloaderOptions() }
        return ReloaderOptions(flags, environment: [:])
    }

    @Test func `CronJobs and Jobs are reloaded by default, Rollouts are not`() throws {
        let options = try options([])
        #expect(options.cronJobPolicy == .run)
        #expect(options.jobPolicy == .recreate)
        #expect(!options.argoRollouts)
    }

    @Test(
        "the limit of the delay is never below the delay",
        arguments: [
            ([], Duration.seconds(5)), (["--reload-delay=10s"], .seconds(10)),
            (["--reload-max-delay=0", "--reload-delay=1s"], .seconds(1)), (["--reload-max-delay=1m"], .seconds(60)),
        ])
    func longestDelay(arguments: [String], limit: Duration) throws {
        #expect(try options(arguments).reloadMaxDelay == limit)
    }

    @Test(
        "the older flag wins over the policies",
        arguments: [
            (["--ignored-workload-types=jobs"], CronJobPolicy.run, JobPolicy.ignore),
            (["--ignored-workload-types=cronjobs", "--cronjob-policy=template"], .ignore, .recreate),
            (["--ignored-workload-types=jobs,cronjobs"], .ignore, .ignore),
            (["--cronjob-policy=template", "--job-policy=ignore"], .template, .ignore),
        ])
    func policies(arguments: [String], cronJobs: CronJobPolicy, jobs: JobPolicy) throws {
        let options = try options(arguments)
        #expect(options.cronJobPolicy == cronJobs)
        #expect(options.jobPolicy == jobs)
    }

    @Test(
        "only the word true turns Rollouts on",
        arguments: [
            ("--is-Argo-Rollouts=true", true), ("--is-argo-rollouts=true", true), ("--is-Argo-Rollouts=True", false),
            ("--is-Argo-Rollouts=1", false),
        ])
    func rollouts(argument: String, isOn: Bool) throws {
        #expect(try options([argument]).argoRollouts == isOn)
    }
}
