import KubeClient

extension ServerState {
    /// PATCH of an object, of its status or of its scale.
    mutating func patch(_ context: RequestContext) throws(APIFailure) -> ServerResponse {
        let parameters = try WriteParameters(context.request, optionsKind: "PatchOptions")
        guard let type = PatchType(contentType: context.request.header("content-type")) else {
            throw .unsupportedPatchType()
        }
        if type == .apply { return try apply(context, parameters) }
        if context.request.parameter("force") != nil {
            throw .invalidOptions("PatchOptions", [.forbidden("force", "may not be specified for non-apply patch")])
        }
        defer { settle() }
        guard let current = current(context) else {
            throw .notFound(context.kind.storedResource, name: context.name)
        }
        let decoded: Admission
        if context.isScale {
            // A Scale has no lists, so that both merges are the same.
            decoded = try ResourceKind.scale.patched(
                scale(of: current.json, context.kind), by: type == .strategicMerge ? .merge : type,
                body: context.request.body,
                validation: parameters.fieldValidation)
        } else {
            decoded = try context.kind.patched(
                current.json, by: type, body: context.request.body, validation: parameters.fieldValidation)
        }
        let given = ObjectMeta(decoded.object)
        guard given.name == context.name else { throw context.nameMismatch(given.name) }
        try checkVersion(given.resourceVersion, current, context)
        try context.checkUID(given.uid, current)
        let proposed = context.isScale ? try scaled(current, by: decoded.object, context.kind) : decoded.object
        let written = try APIFailure.warning(decoded.warnings) { () throws(APIFailure) in
            try rewrite(current, as: proposed, context, parameters)
        }
        return try answer(written.object, warnings: decoded.warnings + written.warnings, context)
    }
}

extension RequestContext {
    func nameMismatch(_ given: String) -> APIFailure {
        .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name))")
    }

    /// A patch that names another incarnation is invalid, where a PUT conflicts.
    func checkUID(_ given: String, _ current: StoredObject) throws(APIFailure) {
        guard !given.isEmpty, given != current.uid else { return }
        // Both the metadata of the kind and of all objects are checked, so the cause is there twice, the sentence once.
        let error = FieldError.invalid("metadata.uid", .string(given), "field is immutable")
        var failure = APIFailure.invalid(kind.storedResource, name: name, [error])
        failure.details?["causes"] = .array([error.cause.json, error.cause.json])
        throw failure
    }
}
