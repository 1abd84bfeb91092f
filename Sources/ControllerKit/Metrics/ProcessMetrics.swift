#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the kernel says about this process, under the names that Prometheus clients use.
struct ProcessMetrics: Hashable, Sendable {
    struct Metric: Hashable, Sendable {
        var name: String
        var help: String
        var type: MetricType
        var value: Double
    }

    var residentBytes: Double
    var virtualBytes: Double
    var cpuSeconds: Double
    var threads: Double
    var startTime: Double?
    var openFiles: Double?
    var maxFiles: Double?
    var maxVirtualBytes: Double?
    var receivedBytes: Double?
    var sentBytes: Double?

    /// Reads `/proc/self/stat`; nil when the text is not what proc(5) describes.
    ///
    /// - Parameters:
    ///   - stat: The content of `/proc/self/stat`.
    ///   - systemStat: The content of `/proc/stat`, for the time of boot.
    ///   - limits: The content of `/proc/self/limits`.
    ///   - network: The content of `/proc/self/net/netstat`, which counts for the network namespace: in a pod, the pod's.
    init?(
        stat: String, systemStat: String?, limits: String?, network: String? = nil, openFiles: Int?,
        ticksPerSecond: Double, pageSize: Double
    ) {
        // The second field is the program's name in parentheses and may hold anything, so count from its end.
        guard let close = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let size = field(23), let pages = field(24), ticksPerSecond > 0
        else { return nil }
        cpuSeconds = (user + system) / ticksPerSecond
        virtualBytes = size
        residentBytes = pages * pageSize
        self.threads = threads
        self.openFiles = openFiles.map(Double.init)
        let boot = systemStat?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        startTime = boot.flatMap { Double($0.dropFirst("btime ".count)) }.map { $0 + start / ticksPerSecond }
        maxFiles = limits.flatMap { Self.limit("Max open files", in: $0) }
        maxVirtualBytes = limits.flatMap { Self.limit("Max address space", in: $0) }
        let counters = network.map(Self.internetCounters) ?? [:]
        (receivedBytes, sentBytes) = (counters["InOctets"], counters["OutOctets"])
    }

    /// The soft limit with this title; what is unlimited is the largest number, as Prometheus' own clients say.
    private static func limit(_ title: String, in limits: String) -> Double? {
        let line = limits.split(separator: "\n").first { $0.hasPrefix(title) }
        let soft = line?.dropFirst(title.count).split(separator: " ").first
        return soft == "unlimited" ? Double(UInt64.max) : soft.flatMap { Double($0) }
    }

    /// The counters of IP by name: one line of names, one of numbers.
    private static func internetCounters(_ network: String) -> [Substring: Double] {
        let lines = network.split(separator: "\n").filter { $0.hasPrefix("IpExt:") }.map { $0.split(separator: " ") }
        guard lines.count == 2 else { return [:] }
        return zip(lines[0], lines[1]).reduce(into: [:]) { $0[$1.0] = Double($1.1) }
    }

    var metrics: [Metric] {
        let known: [Metric?] = [
            Metric(
                name: "process_cpu_seconds_total", help: "User and system CPU time spent, in seconds.", type: .counter,
                value: cpuSeconds),
            maxFiles.map {
                Metric(
                    name: "process_max_fds", help: "Highest number of open file descriptors.", type: .gauge, value: $0)
            },
            receivedBytes.map {
                Metric(
                    name: "process_network_receive_bytes_total", help: "Bytes received over the network.",
                    type: .counter, value: $0)
            },
            sentBytes.map {
                Metric(
                    name: "process_network_transmit_bytes_total", help: "Bytes sent over the network.",
                    type: .counter, value: $0)
            },
            openFiles.map {
                Metric(name: "process_open_fds", help: "Open file descriptors.", type: .gauge, value: $0)
            },
            Metric(
                name: "process_resident_memory_bytes", help: "Resident memory, in bytes.", type: .gauge,
                value: residentBytes),
            startTime.map {
                Metric(
                    name: "process_start_time_seconds", help: "Start of the process, in seconds since 1970.",
                    type: .gauge, value: $0)
            },
            Metric(name: "process_threads", help: "Threads of the process.", type: .gauge, value: threads),
            Metric(
                name: "process_virtual_memory_bytes", help: "Virtual memory, in bytes.", type: .gauge,
                value: virtualBytes),
            maxVirtualBytes.map {
                Metric(
                    name: "process_virtual_memory_max_bytes", help: "Most virtual memory that it may have, in bytes.",
                    type: .gauge, value: $0)
            },
        ]
        return known.compactMap { $0 }
    }

    /// The state now; nil on systems without `/proc`.
    static func current() -> ProcessMetrics? {
        #if os(Linux)
        guard let stat = text(ofFile: "/proc/self/stat") else { return nil }
        return ProcessMetrics(
            stat: stat, systemStat: text(ofFile: "/proc/stat"), limits: text(ofFile: "/proc/self/limits"),
            network: text(ofFile: "/proc/self/net/netstat"), openFiles: entryCount(ofDirectory: "/proc/self/fd"),
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
        #else
        return nil
        #endif
    }

    #if os(Linux)
    private static func text(ofFile path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    private static func entryCount(ofDirectory path: String) -> Int? {
        guard let directory = unsafe opendir(path) else { return nil }
        defer { unsafe _ = closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Itself, its parent, and the descriptor that this very look needs.
        return count - 3
    }
    #endif
}
