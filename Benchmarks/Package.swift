// swift-tools-version: 6.2
// A package of its own, so that nobody who uses the libraries resolves or builds it. `make bench` runs it.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func reloader(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-reloader") }
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "reloader-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-reloader", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(name: "CMeasure"),
        .target(name: "BenchSupport", dependencies: ["CMeasure"], swiftSettings: settings),
        // One measurement per process, so that none disturbs another's memory.
        .executableTarget(
            name: "Micro",
            dependencies: [
                "CMeasure", "BenchSupport", reloader("KubeClient"), reloader("ControllerKit"), reloader("ReloaderCore"),
                logging, .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        // The only one that links Foundation.
        .executableTarget(
            name: "JSONDecoderPeer", dependencies: ["CMeasure", "BenchSupport"], swiftSettings: settings),
        .executableTarget(
            name: "Bench",
            dependencies: ["BenchSupport", reloader("ControllerTestKit"), reloader("KubeClient"), logging],
            swiftSettings: settings),
    ]
)
