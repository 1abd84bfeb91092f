// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let controllers: [Target.Dependency] = [
    .product(name: "ControllerKit", package: "swift-reloader"),
    .product(name: "KubeClient", package: "swift-reloader"),
    .product(name: "Logging", package: "swift-log"),
]

// CoreMetrics, not Metrics: the latter links Foundation.
let embedding: [Target.Dependency] =
    controllers + [
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "ReloaderCore", package: "swift-reloader"),
    ]

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-reloader", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0", traits: []),
    ],
    targets: [
        // A controller in twenty lines.
        .executableTarget(name: "Hello", dependencies: controllers, swiftSettings: settings),
        // An operator: a custom resource with a finalizer, owned objects and a status.
        .executableTarget(name: "Sites", dependencies: controllers, swiftSettings: settings),
        // Two replicas of which one acts.
        .executableTarget(name: "Elected", dependencies: controllers, swiftSettings: settings),
        // Reloader as a part of another program.
        .executableTarget(name: "Embedded", dependencies: embedding, swiftSettings: settings),
        // Runs all of them against a test server; `make examples` does.
        .executableTarget(
            name: "SelfCheck",
            dependencies: [
                .product(name: "ControllerTestKit", package: "swift-reloader"),
                .product(name: "KubeClient", package: "swift-reloader"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        // The client alone.
        .executableTarget(
            name: "Script",
            dependencies: [
                .product(name: "KubeClient", package: "swift-reloader"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // What the guides show, so that a compiler sees it.
        .target(
            name: "Guides",
            dependencies: embedding + [.product(name: "KubeClientCodable", package: "swift-reloader")],
            swiftSettings: settings),
    ]
)
