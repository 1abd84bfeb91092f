import Testing

@testable import KubeClient

@Suite struct ImpersonationTests {
    @Test func `user, uid, groups and extra each have their header, and keys that no header can carry are escaped`() {
        let impersonation = Impersonation(
            user: "jane@example.com", uid: "42", groups: ["dev", "ops"],
            extra: [("example.com/scopes", ["view", "edit"]), ("é %", ["x"])])
        #expect(
            impersonation.headers.map { "\($0.name): \($0.value)" } == [
                "Impersonate-User: jane@example.com", "Impersonate-Uid: 42", "Impersonate-Group: dev",
                "Impersonate-Group: ops", "Impersonate-Extra-example.com%2Fscopes: view",
                "Impersonate-Extra-example.com%2Fscopes: edit", "Impersonate-Extra-%C3%A9%20%25: x",
            ])
    }
}
