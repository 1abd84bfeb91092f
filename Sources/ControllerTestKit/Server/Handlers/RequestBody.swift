import KubeClient

let protobufMediaType = "application/vnd.kubernetes.protobuf"

extension RequestContext {
    /// The media type of the request's body, without parameters; JSON when none is given.
    var contentType: String {
        let header = request.header("content-type") ?? "application/json"
        let type = header.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        return type.filter { $0 != " " }.lowercased()
    }

    /// The object of a POST or PUT with its warnings: decoded, of the right kind.
    func decodedBody(_ validation: FieldValidation) throws(APIFailure) -> Admission {
        if contentType == protobufMediaType, !isScale {
            guard let object = TypeSchema.builtIn.object(fromProtobuf: request.body) else {
                throw .badRequest("the server cannot read a \(kind.resource.kind) from this protobuf body; send JSON")
            }
            return try kind.decode(object, validation: validation)
        }
        guard contentType == "application/json" else {
            throw .unsupportedMediaType(accepted: ["application/json", "application/yaml", protobufMediaType])
        }
        return try (isScale ? .scale : kind).decode(request.body, validation: validation)
    }

    /// The object of a body must live where the path says.
    func checkNamespace(_ meta: ObjectMeta) throws(APIFailure) {
        guard kind.resource.isNamespaced, !meta.namespace.isEmpty, meta.namespace != namespace else { return }
        throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
    }

    /// The name in a body must be the one in the path.
    func checkName(_ meta: ObjectMeta) throws(APIFailure) {
        guard !meta.name.isEmpty else {
            throw .badRequest(
                "the name of the object (\(name) based on URL) was undeterminable: name must be provided")
        }
        guard meta.name == name else {
            throw .badRequest("the name of the object (\(meta.name)) does not match the name on the URL (\(name))")
        }
    }
}
