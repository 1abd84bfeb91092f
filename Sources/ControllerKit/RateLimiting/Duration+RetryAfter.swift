extension Duration {
    /// How long a server asks to be left alone (`Retry-After`), a minute at most.
    ///
    /// No server knows its outages to the hour, and a wrong answer must not cost more than this.
    static func asked(_ retryAfterSeconds: Int?) -> Duration { min(.seconds(retryAfterSeconds ?? 0), .seconds(60)) }
}
