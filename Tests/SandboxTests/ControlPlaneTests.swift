import KubeClient
import Testing

@testable import Sandbox

@Suite struct ControlPlaneTests {
    @Test("a new Deployment gets a ReplicaSet with its pods, and is available when they are ready")
    func creation() throws {
        var simulator = ClusterSimulator()
        simulator.addDeployment(replicas: 3)
        simulator.settle()
        let set = try #require(simulator.cluster.replicaSets.first)
        #expect(set.name == "web-\(set.labels["pod-template-hash"] ?? "")")
        #expect(set.annotations == ["deployment.kubernetes.io/revision": "1"])
        #expect(set.controller?.at("kind")?.string == "Deployment")
        #expect(simulator.cluster.pods.count == 3)
        for pod in simulator.cluster.pods {
            #expect(pod.name.hasPrefix("\(set.name)-p"))
            #expect(pod.labels == set.labels)
            #expect(pod.controllerUID == set.uid)
            #expect(pod.json.at("spec", "nodeName")?.string == "sandbox")
        }
        #expect(simulator.condition("Available")?.at("status")?.string == "False")
        #expect(simulator.status.at("unavailableReplicas")?.int == 3)

        simulator.makeReady()
        simulator.settle()
        #expect(simulator.status.at("observedGeneration")?.int == 1)
        for name in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
            #expect(simulator.status.at(name)?.int == 3)
        }
        #expect(simulator.status.at("unavailableReplicas") == nil)
        #expect(simulator.condition("Available")?.at("status")?.string == "True")
        #expect(simulator.condition("Progressing")?.at("reason")?.string == "NewReplicaSetAvailable")
    }

    @Test("a changed template replaces the pod only when the new one is ready")
    func rollingUpdate() {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        simulator.rollOut()

        simulator.edit(image: "b")
        simulator.settle()
        #expect(simulator.images == ["a", "b"])
        #expect(simulator.condition("Progressing")?.at("reason")?.string == "ReplicaSetUpdated")
        #expect(simulator.status.at("updatedReplicas")?.int == 1)
        #expect(simulator.status.at("replicas")?.int == 2)

        simulator.makeReady()
        simulator.settle()
        #expect(simulator.images == ["b"])
        #expect(simulator.condition("Progressing")?.at("reason")?.string == "NewReplicaSetAvailable")
        #expect(simulator.cluster.deployments[0].annotations["deployment.kubernetes.io/revision"] == "2")
    }

    @Test(
        "a rollout never goes beyond its limits",
        arguments: [
            (4, "25%", "25%", 3, 5), (4, "1", "0", 4, 5), (4, "0", "2", 2, 4), (4, "0", "0", 3, 4),
            (3, "100%", "0", 3, 6), (10, "25%", "25%", 8, 13), (1, "25%", "25%", 1, 2),
        ])
    func limits(_ replicas: Int, _ surge: String, _ unavailable: String, _ minimum: Int, _ maximum: Int) {
        func amount(_ text: String) -> JSONValue { Int(text).map { .make($0) } ?? .string(text) }
        var simulator = ClusterSimulator()
        simulator.addDeployment(
            replicas: replicas,
            strategy: .make(
                ("type", .string("RollingUpdate")),
                ("rollingUpdate", .make(("maxSurge", amount(surge)), ("maxUnavailable", amount(unavailable))))))
        simulator.rollOut()
        simulator.edit(image: "b")
        var (least, most) = (replicas, replicas)
        // One pod becomes ready at a time: the slowest way.
        for _ in 0..<40 {
            while simulator.step() {
                least = min(least, simulator.cluster.pods.count(where: \.isReadyPod))
                most = max(most, simulator.cluster.pods.count)
            }
            simulator.makeReady(1)
        }
        #expect(simulator.images == Array(repeating: "b", count: replicas))
        #expect(least == minimum)
        #expect(most == maximum)
    }

    @Test("Recreate ends the old pods before it starts new ones")
    func recreate() {
        var simulator = ClusterSimulator()
        simulator.addDeployment(replicas: 2, strategy: .make(("type", .string("Recreate"))))
        simulator.rollOut()
        simulator.edit(image: "b")
        while simulator.step() { #expect(Set(simulator.images).count <= 1) }
        #expect(simulator.images == ["b", "b"])
    }

    @Test("a template that comes back uses its ReplicaSet again, with the next revision")
    func undo() {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        for image in ["b", "a"] {
            simulator.rollOut()
            simulator.edit(image: image)
        }
        simulator.rollOut()
        #expect(simulator.cluster.replicaSets.count == 2)
        #expect(simulator.images == ["a"])
        #expect(simulator.cluster.deployments[0].annotations["deployment.kubernetes.io/revision"] == "3")
    }

    @Test("a paused Deployment keeps its pods when its template changes, but scales")
    func paused() {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        simulator.rollOut()
        simulator.edit(.make(("spec", .make(("paused", .bool(true)), ("replicas", .make(2))))))
        simulator.edit(image: "b")
        simulator.settle()
        #expect(simulator.images == ["a", "a"])
        #expect(simulator.condition("Progressing")?.at("reason")?.string == "DeploymentPaused")
        #expect(simulator.status.at("observedGeneration")?.int == 3)

        simulator.makeReady()
        simulator.edit(.make(("spec", .make(("paused", .bool(false))))))
        for _ in 0..<5 {
            simulator.settle()
            simulator.makeReady()
        }
        #expect(simulator.images == ["b", "b"])
    }

    @Test("scaling keeps the pods that are ready")
    func scaling() {
        var simulator = ClusterSimulator()
        simulator.addDeployment(replicas: 3)
        simulator.settle()
        simulator.makeReady(1)
        let ready = simulator.cluster.pods.first(where: \.isReadyPod)?.name
        simulator.edit(.make(("spec", .make(("replicas", .make(1))))))
        simulator.settle()
        #expect(simulator.cluster.pods.map(\.name) == [ready])
        simulator.edit(.make(("spec", .make(("replicas", .make(0))))))
        simulator.settle()
        #expect(simulator.cluster.pods.isEmpty)
        #expect(simulator.condition("Available")?.at("status")?.string == "True")
    }

    @Test("a deleted or finished pod is replaced", arguments: [true, false])
    func replacement(_ isFinished: Bool) {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        simulator.settle()
        let name = simulator.cluster.pods[0].name
        if isFinished {
            simulator.cluster.pods[0].json = simulator.cluster.pods[0].json.replacing(
                "status", with: .make(("phase", .string("Failed"))))
        } else {
            simulator.cluster.pods.removeAll()
        }
        simulator.settle()
        #expect(simulator.cluster.pods.filter(\.isActivePod).count == 1)
        #expect(simulator.cluster.pods.filter(\.isActivePod)[0].name != name)
    }

    @Test("old ReplicaSets go when there are more than the history limit")
    func history() {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        simulator.edit(.make(("spec", .make(("revisionHistoryLimit", .make(1))))))
        for image in ["b", "c", "d"] {
            simulator.rollOut()
            simulator.edit(image: image)
        }
        simulator.rollOut()
        #expect(simulator.cluster.replicaSets.count == 2)
        #expect(simulator.images == ["d"])
    }

    @Test("what is being deleted is left alone")
    func terminating() {
        var simulator = ClusterSimulator()
        simulator.addDeployment()
        simulator.edit(.make(("metadata", .make(("deletionTimestamp", .string("2026-01-01T00:00:00Z"))))))
        let isChanged = simulator.step()
        #expect(!isChanged)
    }

    @Test("a template's name does not depend on the order of its fields, and on nothing but its content")
    func templateName() {
        let one = JSONValue.make(("a", .make(1)), ("b", .make(["c": "d"])))
        let other = JSONValue.make(("b", .make(["c": "d"])), ("a", .make(1)))
        #expect(templateHash(one) == templateHash(other))
        #expect(templateHash(one) != templateHash(.make(("a", .string("1")), ("b", .make(["c": "d"])))))
        #expect(templateHash(one).count == 10)
    }
}
