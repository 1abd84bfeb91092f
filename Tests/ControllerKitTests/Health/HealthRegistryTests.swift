import ControllerKit
import Testing

@Suite("Health registry")
struct HealthRegistryTests {
    @Test("without checks it is alive and ready")
    func empty() {
        let health = HealthRegistry()
        #expect(health.liveness().isHealthy)
        #expect(health.readiness().isHealthy)
        #expect(health.readiness().text == "check passed\n")
    }

    @Test("one bad check is enough, and the report names it with its reason")
    func unhealthy() {
        let health = HealthRegistry()
        health.addReadiness("ping") { .healthy }
        health.addReadiness("secrets") { .unhealthy("not listed yet") }
        #expect(!health.readiness().isHealthy)
        #expect(health.liveness().isHealthy)
        #expect(health.readiness().text == "[+]ping ok\n[-]secrets failed: not listed yet\ncheck failed\n")
    }

    @Test("a check of the same name replaces the one before, in its place")
    func replaced() {
        let health = HealthRegistry()
        health.addLiveness("a") { .unhealthy("x") }
        health.addLiveness("b") { .healthy }
        health.addLiveness("a") { .healthy }
        #expect(health.liveness().text == "[+]a ok\n[+]b ok\ncheck passed\n")
    }
}
