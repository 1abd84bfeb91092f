import ReloaderCore
import Testing

@Suite struct MarkerNameTests {
    @Test(
        "a marker's name is made from the config's name and type",
        arguments: [
            (ConfigName(.configMap, "my-config"), "STAKATER_MY_CONFIG_CONFIGMAP"),
            (ConfigName(.secret, "my-secret"), "STAKATER_MY_SECRET_SECRET"),
            (ConfigName(.configMap, "my.app.config"), "STAKATER_MY_APP_CONFIG_CONFIGMAP"),
            (ConfigName(.configMap, "my-app-config"), "STAKATER_MY_APP_CONFIG_CONFIGMAP"),
            (ConfigName(.configMap, "a--b"), "STAKATER_A_B_CONFIGMAP"),
            (ConfigName(.configMap, "a.-b"), "STAKATER_A_B_CONFIGMAP"),
            (ConfigName(.configMap, "1st"), "STAKATER_1ST_CONFIGMAP"),
            (ConfigName(.secretProviderClass, "my-spc"), "STAKATER_MY_SPC_SECRETPROVIDERCLASS"),
            (ConfigName(.configMap, "--a"), "STAKATER_A_CONFIGMAP"),
            (ConfigName(.configMap, "a--"), "STAKATER_A__CONFIGMAP"),
            (ConfigName(.configMap, "aéß"), "STAKATER_A__CONFIGMAP"),
            (ConfigName(.configMap, ""), "STAKATER__CONFIGMAP"),
        ])
    func names(_ config: ConfigName, _ expected: String) {
        #expect(MarkerName.marker(for: config) == expected)
        #expect(MarkerName.marker(for: ConfigKey(config, in: "any")) == expected)
        #expect(expected.hasPrefix(MarkerName.prefix))
    }
}
