import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@Suite struct ImpersonationTests {
    private let server = TestAPIServer()

    private func configMaps(as impersonation: Impersonation) -> ResourceClient<ObjectMetadata> {
        server.client(logger: .silent, token: "operator", impersonation: impersonation)
            .resource(.configMaps, as: ObjectMetadata.self)
    }

    @Test func `authorizer, admission and log see whom a client acts as`() async throws {
        let seen = Journal<RequestUser>()
        server.authenticate { RequestUser(name: $0) }
        server.authorize { request in
            if request.verb != "impersonate" { seen.append(request.user) }
            return .allow()
        }
        server.admit { request in
            seen.append(request.attributes.user)
            return .allow
        }
        let jane = Impersonation(user: "jane", uid: "u", groups: ["dev"], extra: [("example.com/Why", ["a", "b"])])
        _ = try await configMaps(as: jane).create(
            Array(#"{"metadata":{"name":"a"}}"#.utf8), in: .namespace("default"))
        let user = RequestUser(
            name: "jane", groups: ["dev", "system:authenticated"], uid: "u", extra: ["example.com/why": ["a", "b"]])
        #expect(seen.entries == [user, user])
        #expect(server.requests.map(\.attributes.user) == [user])
    }

    @Test func `each part of the identity needs the right to act as it`() async throws {
        let asked = Journal<RequestAttributes>()
        server.authenticate { RequestUser(name: $0) }
        server.authorize { request in
            guard request.verb == "impersonate" else { return .allow() }
            asked.append(request)
            return request.resource == "uids" ? .deny : .allow()
        }
        let account = Impersonation(
            user: "system:serviceaccount:shop:web", uid: "u", groups: ["dev"], extra: [("reason", ["x"])])
        let error = await #expect(throws: KubeError.self) { try await configMaps(as: account).list(in: .all) }
        #expect(error?.isForbidden == true)
        #expect(error?.message.contains("User \"operator\" cannot impersonate-on:user-info:list") == true)
        #expect(asked.entries.map(\.resource) == ["serviceaccounts", "groups", "uids"])
        #expect(asked.entries.allSatisfy { $0.user.name == "operator" })
        #expect(asked.entries[0].namespace == "shop" && asked.entries[0].name == "web")
    }
}
