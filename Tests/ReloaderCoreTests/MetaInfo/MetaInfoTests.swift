import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

@Suite(.timeLimit(.minutes(1))) struct MetaInfoTests {
    private let info = MetaInfo(
        namespace: "shop", deploymentName: "reloader", build: .init(release: "9.9.9"),
        options: ["autoReloadAll": .bool(false), "resourcesToIgnore": .array([.string("a<b")])])
    private let key = ObjectKey(namespace: "shop", name: "reloader-meta-info")
    private static let buildInfo =
        #"{"goVersion":"\#(MetaInfo.Build.language)","releaseVersion":"9.9.9","commitHash":"unknown","#
        + #""commitTime":"0001-01-01T00:00:00Z","edition":"oss"}"#

    private func quoted(_ text: String) -> String {
        #"""# + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + #"""#
    }

    @Test func `the ConfigMap has one label and three documents`() {
        #expect(
            String(decoding: info.body, as: UTF8.self)
                == #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"reloader-meta-info","namespace":"shop","#
                + #""labels":{"reloader.stakater.com/meta-info":"reloader"}},"data":{"#
                + #""buildInfo":\#(quoted(Self.buildInfo)),"#
                + #""reloaderOptions":\#(quoted(#"{"autoReloadAll":false,"resourcesToIgnore":["a\u003cb"]}"#)),"#
                + #""deploymentInfo":\#(quoted(#"{"name":"reloader","namespace":"shop"}"#))}}"#)
    }

    @Test func `a Deployment without a name is left out`() throws {
        var info = info
        info.deploymentName = ""
        let data = try JSONValue(parsing: info.body)["data"]
        #expect(data?["deploymentInfo"]?.string == #"{"namespace":"shop"}"#)
    }

    private func options(_ info: MetaInfo) -> ReloaderOptions {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.metaInfo = info
        return options
    }

    @Test func `it is created when there is none`() async throws {
        let stage = Stage()
        try await stage.run(options(info)) { stage in
            await stage.until { (try? stage.server.get(.configMaps, key)) != nil }
            let object = try stage.server.get(.configMaps, key)
            #expect(object["metadata"]?["labels"] == ["reloader.stakater.com/meta-info": "reloader"])
            #expect(object["data"]?["buildInfo"]?.string == Self.buildInfo)
        }
        #expect(!stage.log.lines.contains { $0.contains("Meta info") })
    }

    @Test func `it is replaced when there is one`() async throws {
        let stage = Stage()
        try stage.createConfigMap("reloader-meta-info", "old", annotations: #"{"x":"y"}"#)
        try await stage.run(options(info)) { stage in
            await stage.until {
                (try? stage.server.get(.configMaps, key))?["data"]?["buildInfo"]?.string == Self.buildInfo
            }
            let object = try stage.server.get(.configMaps, key)
            #expect(object["data"]?["key"] == nil)
            #expect(object["metadata"]?["annotations"] == nil)
        }
        #expect(stage.log.lines.contains("info Meta info configmap already exists, updating it"))
    }

    @Test func `any other error than NotFound is a warning, and nothing is created`() async throws {
        let stage = Stage()
        stage.server.inject(
            Fault(.status(403, reason: "Forbidden"), times: nil, verb: "get", resource: "configmaps"))
        try await stage.run(options(info)) { stage in
            let prefix = "warning The meta info configmap cannot be written, which changes nothing else: "
            await stage.until { stage.log.lines.contains { $0.hasPrefix(prefix) } }
            #expect(!stage.server.requests.contains { $0.method == "POST" })
        }
    }

    @Test func `an API server that does not answer keeps nothing from being ready`() async throws {
        let stage = Stage()
        stage.server.inject(Fault(.hang, times: nil, verb: "get", resource: "configmaps"))
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options(info)) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
        }
    }
}
