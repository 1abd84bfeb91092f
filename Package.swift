// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
// CoreMetrics, not Metrics: the latter links Foundation.
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: [Target.Dependency] = [
    .product(name: "Subprocess", package: "swift-subprocess"),
    .product(name: "SystemPackage", package: "swift-system"),
]
let http: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

/// What the meta-info ConfigMap says about the build; the image's build sets these.
func buildInfo(_ name: String, default value: String) -> CSetting {
    .define(name, to: "\"\(Context.environment[name] ?? value)\"")
}

let package = Package(
    name: "swift-reloader",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "KubeClient", targets: ["KubeClient"]),
        .library(name: "KubeClientCodable", targets: ["KubeClientCodable"]),
        .library(name: "ControllerKit", targets: ["ControllerKit"]),
        .library(name: "ControllerTestKit", targets: ["ControllerTestKit"]),
        .library(name: "ControllerTestKitTLS", targets: ["ControllerTestKitTLS"]),
        .library(name: "ReloaderCore", targets: ["ReloaderCore"]),
        .executable(name: "Reloader", targets: ["Reloader"]),
        .executable(name: "Sandbox", targets: ["Sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
        // For swift-subprocess's paths.
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .systemLibrary(
            name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "CAllocator"),
        .target(name: "CCurl", dependencies: ["CLibcurl"]),
        .target(name: "CSpawn"),
        .target(
            name: "KubeClient", dependencies: ["CCurl", "CSpawn", "CYAML", logging, metrics], swiftSettings: settings),
        // Apart from KubeClient, because it links Foundation.
        .target(name: "KubeClientCodable", dependencies: ["KubeClient"], swiftSettings: settings),
        .target(
            name: "ControllerKit", dependencies: ["KubeClient", logging, metrics, lifecycle, signals] + http,
            swiftSettings: settings),
        .target(
            name: "ControllerTestKit", dependencies: ["KubeClient", "ControllerKit", logging] + http,
            swiftSettings: settings),
        // Apart, so that who needs no TLS does not build its library.
        .target(
            name: "ControllerTestKitTLS",
            dependencies: ["ControllerTestKit", .product(name: "NIOSSL", package: "swift-nio-ssl")] + http,
            swiftSettings: settings),
        .target(
            name: "ReloaderCore",
            dependencies: ["CCrypto", "KubeClient", "ControllerKit", logging, metrics, lifecycle],
            swiftSettings: settings),
        .target(
            name: "CBuildInfo",
            cSettings: [
                buildInfo("RELOADER_COMMIT", default: "unknown"),
                buildInfo("RELOADER_COMMIT_TIME", default: "0001-01-01T00:00:00Z"),
            ]),
        .executableTarget(
            name: "Reloader",
            dependencies: [
                "CAllocator", "CBuildInfo", "ReloaderCore", "ControllerKit", "KubeClient", logging, metrics, lifecycle,
                signals,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "Sandbox",
            dependencies: ["ControllerTestKit", "KubeClient", logging, signals] + http + subprocess,
            swiftSettings: settings),
        // Behind `make compare`; not a product.
        .executableTarget(
            name: "Compare",
            dependencies: ["ControllerKit", "ControllerTestKit", "KubeClient", logging] + http + subprocess,
            exclude: ["usage.txt"], swiftSettings: settings),
        // What tests of several targets share.
        .target(
            name: "TestSupport", dependencies: ["KubeClient", logging], path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "KubeClientTests", dependencies: ["TestSupport", "KubeClient", logging, metrics],
            swiftSettings: settings),
        .testTarget(
            name: "KubeClientCodableTests",
            dependencies: ["TestSupport", "KubeClientCodable", "KubeClient", "ControllerTestKit"],
            swiftSettings: settings),
        .testTarget(
            name: "ControllerKitTests",
            dependencies: [
                "TestSupport", "ControllerKit", "ControllerTestKit", "KubeClient", logging, metrics, lifecycle, signals,
            ] + http,
            swiftSettings: settings),
        .testTarget(
            name: "ControllerTestKitTests",
            dependencies: ["TestSupport", "ControllerTestKit", "ControllerTestKitTLS", "KubeClient", logging],
            swiftSettings: settings),
        .testTarget(
            name: "ReloaderCoreTests",
            dependencies: [
                "TestSupport", "ReloaderCore", "ControllerKit", "ControllerTestKit", "KubeClient", logging, lifecycle,
            ] + http,
            swiftSettings: settings),
        .testTarget(
            name: "AnchorTests",
            dependencies: ["TestSupport", "KubeClient", "ControllerKit", "ControllerTestKit", metrics] + subprocess,
            path: "Tests/Anchors", exclude: ["README.md"], swiftSettings: settings),
        .testTarget(
            name: "ReloaderTests", dependencies: ["Reloader", "ReloaderCore", logging], swiftSettings: settings),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "KubeClient"], swiftSettings: settings),
        .testTarget(
            name: "CompareTests",
            dependencies: ["TestSupport", "Compare", "Reloader", "ControllerTestKit", "KubeClient"],
            exclude: ["wasteful.py"], swiftSettings: settings),
        // What tests of the whole binary share.
        .target(
            name: "EndToEndSupport", dependencies: ["Sandbox"] + subprocess, path: "Tests/EndToEndSupport",
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "EndToEndSupport", "Reloader", "ReloaderCore", "Sandbox", "ControllerTestKit",
                "ControllerTestKitTLS", "ControllerKit", "KubeClient",
            ] + subprocess,
            exclude: ["Manifests/upstream-chart", "Manifests/upstream-manifest.yaml", "Manifests/narrow-rights.yaml"],
            swiftSettings: settings),
        // The same suites against the test server and, when there is one, a real cluster.
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "TestSupport", "EndToEndSupport", "Reloader", "ControllerTestKit", "ControllerKit", "KubeClient",
            ] + subprocess,
            swiftSettings: settings),
    ]
)
