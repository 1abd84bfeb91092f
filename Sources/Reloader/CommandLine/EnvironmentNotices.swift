/// Variables of the environment that look like flags but are none.
///
/// Others that begin with `RELOADER_` are left alone: Kubernetes itself sets some of them (`RELOADER_PORT` and the like)
/// where a Service is called reloader.
enum EnvironmentNotices {
    /// Variables that mean something else than a flag.
    private static let others: Set<String> = ["RELOADER_NAMESPACE", "RELOADER_DEPLOYMENT_NAME"]

    /// A warning for each variable that was probably meant for a flag, by name.
    static func warnings(_ environment: [String: String]) -> [String] {
        let known = Set(Flag.table.map(\.environmentVariable)).union(others)
        let unknown = environment.keys.filter { $0.hasPrefix("RELOADER_") && !known.contains($0) }
        return unknown.sorted().compactMap { name in
            let words = String(name.dropFirst("RELOADER_".count))
            guard let flag = Suggestion.nearest(to: words, among: Flag.table.map(\.name)) else { return nil }
            return "\(name) is no variable of Reloader's and has no effect; was "
                + "\(Flag.environmentVariable(of: flag)) meant?"
        }
    }
}
