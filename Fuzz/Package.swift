// swift-tools-version: 6.2
// A package of its own: everything in it is instrumented, the code under test, too, which is why that is linked into
// Sources/ instead of being a dependency. `make fuzz` builds and runs it.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// libFuzzer brings the main function.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzSupport"] + dependencies,
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
    name: "reloader-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl"),
        .target(name: "CCurl", dependencies: ["CLibcurl"]),
        .target(name: "CSpawn"),
        .target(
            name: "KubeClient",
            dependencies: [
                "CCurl", "CSpawn", "CYAML", .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .target(name: "Patterns", swiftSettings: settings),
        .target(name: "FuzzSupport", swiftSettings: settings),
        fuzzer("FuzzJSON", ["KubeClient"]),
        fuzzer("FuzzFraming", ["KubeClient"]),
        fuzzer("FuzzProtobuf", ["KubeClient"]),
        fuzzer("FuzzYAML", ["KubeClient"]),
        fuzzer("FuzzSelectors", ["KubeClient"]),
        fuzzer("FuzzPatterns", ["Patterns"]),
    ]
)
