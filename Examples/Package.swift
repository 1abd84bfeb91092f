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

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-reloader", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    ],
    targets: [
        .executableTarget(
            name: "Hello",
            dependencies: [
                .product(name: "ControllerKit", package: "swift-reloader"),
                .product(name: "KubeClient", package: "swift-reloader"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
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
            dependencies: [
                .product(name: "ControllerKit", package: "swift-reloader"),
                .product(name: "KubeClient", package: "swift-reloader"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ReloaderCore", package: "swift-reloader"),
            ],
            swiftSettings: settings),
    ]
)
