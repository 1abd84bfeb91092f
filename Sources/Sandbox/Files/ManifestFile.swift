import KubeClient

/// The objects of a manifest file, in order.
enum ManifestFile {
    static func read(_ path: String) throws(SandboxError) -> [Manifest] {
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch {
            throw SandboxError(
                "\(path) cannot be read (\(error)). Run this from the root of the repository, or give the path.")
        }
        do throws(YAMLError) {
            // A document of nothing but comments reads as null.
            return try YAMLReader.documents(bytes, file: path).filter { $0 != .null }.map { Manifest(json: $0) }
        } catch {
            throw SandboxError("\(error)")
        }
    }
}
