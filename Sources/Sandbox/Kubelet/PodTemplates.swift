import KubeClient

extension Manifest {
    /// The containers of a workload's pod template.
    var templateContainers: [JSONValue] { json.at("spec", "template", "spec", "containers")?.elements ?? [] }
}

/// Checks that the programs that the manifests' containers run are on this machine, before anything starts.
func requirePrograms(of manifests: [Manifest], path: String) throws(SandboxError) {
    for container in manifests.flatMap(\.templateContainers) {
        guard let program = container.at("command")?.elements.first?.string,
            PodProcess.find(program, path: path) == nil
        else { continue }
        guard program.hasPrefix("python3") else {
            throw SandboxError("A container of the manifest runs \"\(program)\", which is not on the PATH.")
        }
        throw SandboxError(
            """
            There is no python3 on the PATH, and the web application is written in Python.
              Debian, Ubuntu:  apt-get install python3
              Fedora:          dnf install python3
              macOS:           brew install python3
            """, status: 3)
    }
}
