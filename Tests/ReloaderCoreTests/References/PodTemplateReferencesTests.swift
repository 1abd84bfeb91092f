import ControllerTestKit
import ReloaderCore
import Testing

@Suite struct PodTemplateReferencesTests {
    private let config = ConfigName(.configMap, "c")
    private typealias Container = PodTemplate.Container

    private func volume(_ name: String) -> PodTemplate.Volume { .init(name, references: [config]) }

    private func carriers(_ template: PodTemplate) -> [Int?] {
        [
            template.references.carrier(of: config, isNamed: false),
            template.references.carrier(of: config, isNamed: true),
        ]
    }

    @Test("without any use, only a named list finds a container: the first")
    func unused() {
        let template = PodTemplate(containers: [Container("a"), Container("b")])
        #expect(carriers(template) == [nil, 0])
        #expect(template.references.configs.isEmpty)
    }

    @Test("a mounted volume chooses the first container that mounts it")
    func mounted() {
        let template = PodTemplate(
            containers: [Container("a"), Container("b", mounts: ["v"]), Container("c", mounts: ["v"])],
            volumes: [volume("v")])
        #expect(carriers(template) == [1, 1])
        #expect(template.references.configs == [config])
    }

    @Test("a volume comes before the environment")
    func volumeFirst() {
        let template = PodTemplate(
            containers: [Container("a", environmentReferences: [config]), Container("b", mounts: ["v"])],
            volumes: [volume("v")])
        #expect(carriers(template) == [1, 1])
    }

    @Test("a volume that only an init container mounts chooses the first regular container")
    func initMount() {
        let template = PodTemplate(
            containers: [Container("a"), Container("b", environmentReferences: [config])],
            initContainers: [Container("i", mounts: ["v"])], volumes: [volume("v")])
        #expect(carriers(template) == [0, 0])
        #expect(template.references.configs == [config])
    }

    @Test("a volume that nothing mounts does not count")
    func unmounted() {
        let template = PodTemplate(containers: [Container("a")], volumes: [volume("v")])
        #expect(carriers(template) == [nil, 0])
        #expect(template.references.configs.isEmpty)
    }

    @Test("a volume that nothing mounts gives way to the environment")
    func unmountedAndEnvironment() {
        let template = PodTemplate(
            containers: [Container("a"), Container("b", environmentReferences: [config])], volumes: [volume("v")])
        #expect(carriers(template) == [1, 1])
    }

    @Test("the environment chooses the first container that refers to the config")
    func environment() {
        let template = PodTemplate(
            containers: [Container("a"), Container("b", environmentReferences: [config])],
            initContainers: [Container("i", environmentReferences: [config])])
        #expect(carriers(template) == [1, 1])
    }

    @Test("the environment of an init container chooses the first regular container")
    func initEnvironment() {
        let template = PodTemplate(
            containers: [Container("a"), Container("b")],
            initContainers: [Container("i"), Container("j", environmentReferences: [config])])
        #expect(carriers(template) == [0, 0])
    }

    @Test("a second volume counts when the first is not mounted, and never moves a marker of older versions")
    func secondVolume() {
        var template = PodTemplate(
            containers: [Container("a"), Container("b", mounts: ["w"])], volumes: [volume("v"), volume("w")])
        // Older versions find nothing without a list, and the first container with one.
        #expect(carriers(template) == [1, 0])
        #expect(template.references.configs == [config])
        template.containers.append(Container("c", environmentReferences: [config]))
        #expect(carriers(template) == [2, 2])
    }

    @Test("a pod without regular containers has no carrier")
    func noContainers() {
        let template = PodTemplate(
            initContainers: [Container("i", environmentReferences: [config], mounts: ["v"])], volumes: [volume("v")])
        #expect(carriers(template) == [nil, nil])
        #expect(template.references.configs.isEmpty)
    }

    @Test("type and name must both agree")
    func identity() {
        let template = PodTemplate(
            containers: [
                Container("a", environmentReferences: [ConfigName(.secret, "c"), ConfigName(.configMap, "d")])
            ])
        #expect(carriers(template) == [nil, 0])
    }

    @Test("what is listed as used is what has a carrier")
    func agreement() {
        var random = SeededRandom(seed: 7)
        let names = (0..<4).map { ConfigName($0 < 2 ? .configMap : .secret, "c\($0)") }
        func some<Element>(_ elements: [Element]) -> [Element] {
            elements.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        }
        func containers() -> [Container] {
            (0..<Int.random(in: 0...2, using: &random)).map { index in
                Container("n\(index)", environmentReferences: some(names), mounts: some(["v0", "v1", "v2"]))
            }
        }
        for _ in 0..<2000 {
            let template = PodTemplate(
                containers: containers(), initContainers: containers(),
                volumes: (0..<3).map { .init("v\($0)", references: some(names)) })
            let references = template.references
            #expect(references.configs == Set(names.filter { references.carrier(of: $0, isNamed: false) != nil }))
        }
    }
}
