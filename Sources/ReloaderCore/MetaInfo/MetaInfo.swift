package import KubeClient

/// What a Reloader says about itself in the ConfigMap `reloader-meta-info`, for tools that look after installations.
package struct MetaInfo: Hashable, Sendable {
    /// What was built.
    package struct Build: Hashable, Sendable {
        /// The version of the program.
        package var release: String
        /// The commit that it was built from.
        package var commit: String
        /// When that commit was made, RFC 3339.
        package var commitTime: String

        /// Creates a description; the defaults mean "not known", in v1.4.21's way.
        package init(release: String, commit: String = "unknown", commitTime: String = "0001-01-01T00:00:00Z") {
            self.release = release
            self.commit = commit
            self.commitTime = commitTime
        }

        /// The language that it was built with, in the key that Go programs fill.
        static var language: String {
            #if compiler(>=6.3)
            "swift 6.3"
            #else
            "swift 6.2"
            #endif
        }
    }

    /// The ConfigMap's name.
    static let name = "reloader-meta-info"

    /// The namespace of the ConfigMap, which is Reloader's own.
    package var namespace: String
    /// The Deployment that runs it, empty when that is not known.
    package var deploymentName: String
    /// What was built.
    package var build: Build
    /// The options in force, in the order in which they are written.
    package var options: JSONObject

    /// Creates a description.
    package init(namespace: String, deploymentName: String = "", build: Build, options: JSONObject) {
        self.namespace = namespace
        self.deploymentName = deploymentName
        self.build = build
        self.options = options
    }

    /// The ConfigMap.
    var key: ConfigKey { ConfigKey(.configMap, namespace: namespace, name: Self.name) }

    /// The ConfigMap as JSON; it has no resource version, so that it replaces whatever there is.
    package var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("kind", "ConfigMap")
            writer.field("apiVersion", "v1")
            writer.object("metadata") { writer in
                writer.field("name", Self.name)
                writer.field("namespace", namespace)
                writer.object("labels") { $0.field("reloader.stakater.com/meta-info", "reloader") }
            }
            writer.object("data") { writer in
                writer.field("buildInfo", buildInfo)
                writer.field("reloaderOptions", reloaderOptions)
                writer.field("deploymentInfo", deploymentInfo)
            }
        }
        return writer.bytes
    }

    private var buildInfo: String {
        text { writer in
            writer.field("goVersion", Build.language)
            writer.field("releaseVersion", build.release)
            writer.field("commitHash", build.commit)
            writer.field("commitTime", build.commitTime)
            writer.field("edition", "oss")
        }
    }

    private var reloaderOptions: String {
        text { writer in for member in options.members { writer.field(member.name, member.value) } }
    }

    private var deploymentInfo: String {
        text { writer in
            if !deploymentName.isEmpty { writer.field("name", deploymentName) }
            writer.field("namespace", namespace)
        }
    }

    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object { body(&$0) }
        return writer.string
    }
}
