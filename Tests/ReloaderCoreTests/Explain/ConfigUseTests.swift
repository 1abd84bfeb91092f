import KubeClient
import ReloaderCore
import Testing

@Suite struct ConfigUseTests {
    @Test("every way of using a config is found, with container, keys and paths")
    func all() throws {
        let template = try JSONValue(
            parsing: Array(
                #"""
                {"spec":{"containers":[{"name":"app","env":[{"name":"DB","valueFrom":{"secretKeyRef":{"name":"db","key":"url",
                "optional":true}}},{"name":"PLAIN","value":"x"}],"envFrom":[{"prefix":"P_","configMapRef":{"name":"env"}}],
                "volumeMounts":[{"name":"v","mountPath":"/a"},{"name":"v","mountPath":"/b","subPath":"x"},
                {"name":"p","mountPath":"/p"},{"name":"csi","mountPath":"/csi"}]}],
                "initContainers":[{"name":"init","volumeMounts":[{"name":"v","mountPath":"/i"}]}],
                "volumes":[{"name":"v","configMap":{"name":"files","items":[{"key":"k","path":"q"}]}},
                {"name":"p","projected":{"sources":[{"configMap":{"name":"one"}},{"secret":{"name":"two"}}]}},
                {"name":"csi","csi":{"driver":"d","volumeAttributes":{"secretProviderClass":"vault"}}},
                {"name":"unused","secret":{"secretName":"lonely"}},{"name":"tmp","emptyDir":{}}]}}
                """#.utf8))
        let uses = ConfigUse.all(in: template).map { use in
            let keys = use.keys.joined(separator: "+")
            return
                "\(use.config.type) \(use.config.name) \(use.place) \(use.container ?? "-") \(use.isInit) \(keys) \(use.isOptional)"
        }
        #expect(
            uses == [
                #"SECRET db variable("DB") app false url true"#, "CONFIGMAP env allVariables app false  false",
                #"CONFIGMAP files volume("v", paths: ["/a", "/b"]) app false k false"#,
                #"CONFIGMAP files volume("v", paths: ["/i"]) init true k false"#,
                #"CONFIGMAP one projection("p", paths: ["/p"]) app false  false"#,
                #"SECRET two projection("p", paths: ["/p"]) app false  false"#,
                #"SECRETPROVIDERCLASS vault csi("csi", paths: ["/csi"]) app false  false"#,
                #"SECRET lonely volume("unused", paths: []) - false  false"#,
            ])
    }

    @Test(
        "nonsense uses nothing",
        arguments: ["null", "{}", #"{"spec":{"containers":[{}],"volumes":[{"configMap":{}},3]}}"#])
    func nonsense(_ text: String) throws {
        #expect(ConfigUse.all(in: try JSONValue(parsing: Array(text.utf8))).isEmpty)
    }
}
