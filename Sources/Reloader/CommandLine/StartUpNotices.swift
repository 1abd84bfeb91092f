extension ReloaderFlags {
    /// What the user should be told at start about flags that will not do what they seem to ask for, one line each.
    ///
    /// To be logged as warnings. Flags at their default are not mentioned.
    package var startUpNotices: [String] {
        var notices: [String] = []
        for flag in Flag.table where flag.isSet(in: self) {
            if let replacement = flag.replacement {
                notices.append("\(spelling(of: flag.name)) has no effect: \(replacement).")
            }
        }
        if dryRun, enableHA {
            notices.append(
                "\(spelling(of: "enable-ha")) has no effect in a dry run: it acts at once, and takes the lease from nobody."
            )
        }
        for (name, text) in [
            ("is-Argo-Rollouts", isArgoRollouts), ("reload-on-create", reloadOnCreate),
            ("reload-on-delete", reloadOnDelete),
        ] where text != "true" && text != "false" {
            notices.append(
                "\(spelling(of: name)) is off: its value is \(goQuoted(text)), and only \"true\" turns it on.")
        }
        if syncAfterRestart, !reloadsOnCreate {
            notices.append("\(spelling(of: "sync-after-restart")) has no effect without --reload-on-create=true.")
        }
        if namespacesToIgnore.contains("") {
            notices.append(
                "\(spelling(of: "namespaces-to-ignore")) has an empty item, which is no namespace: is there a comma too many?"
            )
        }
        for (name, items) in [("namespaces", namespaces), ("namespaces-to-ignore", namespacesToIgnore)] {
            for item in items where item.contains(where: \.isWhitespace) {
                notices.append(
                    "\(spelling(of: name)) has the item \(goQuoted(item)); no namespace has spaces in its name, and lists keep them."
                )
            }
        }
        return notices
    }
}
