import KubeClient

/// A short name for a pod template: equal templates have equal names, whatever the order of their fields.
///
/// Like Kubernetes' `pod-template-hash` in form, not in value: there it depends on Go's memory layout.
func templateHash(_ template: JSONValue) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in template.canonicalText.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // No vowels and nothing that looks like one, so that no words appear.
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    var name = ""
    for _ in 0..<10 {
        name.append(alphabet[Int(hash % UInt64(alphabet.count))])
        hash /= UInt64(alphabet.count)
    }
    return name
}
