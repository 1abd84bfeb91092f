/// Why a container cannot be started now, in the words of a container's waiting state.
struct ContainerProblem: Error, Hashable {
    /// A word such as `CreateContainerConfigError`.
    var reason: String
    /// What is wrong, without any value.
    var message: String
}
