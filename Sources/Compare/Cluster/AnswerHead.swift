import KubeClient

/// KubeClient's head of an answer, where SwiftNIO's has the same name.
typealias AnswerHead = HTTPResponseHead
