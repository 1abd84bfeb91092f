# Reloader on an empty root: one static binary, the certificates, a user.
#
#   docker build -t swift-reloader .
#   docker buildx build --platform linux/amd64,linux/arm64 -t swift-reloader .
#
# `make image-root` lays out the same files without a container engine.
ARG SWIFT_VERSION=6.3

# The platform is the target's: the static libraries are the distribution's own, and none are there for another one.
FROM swift:${SWIFT_VERSION}-bookworm AS build
ARG TARGETARCH
WORKDIR /source
# Its own layer: it changes with Debian's curl, not with the sources.
COPY scripts/setup scripts/image-libs scripts/
RUN scripts/image-libs
COPY . .
ARG COMMIT=unknown
ARG COMMIT_TIME=0001-01-01T00:00:00Z
RUN --mount=type=cache,id=build-$TARGETARCH,target=/source/.build-image \
    RELOADER_COMMIT=$COMMIT RELOADER_COMMIT_TIME=$COMMIT_TIME scripts/image-root /image

FROM scratch
ARG VERSION=dev
ARG COMMIT=unknown
ARG COMMIT_TIME
LABEL org.opencontainers.image.title="Reloader" \
      org.opencontainers.image.description="Restarts the workloads that use a ConfigMap or Secret when its content changes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}" \
      org.opencontainers.image.created="${COMMIT_TIME}"
COPY --from=build /image /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# clnstrt, as a number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/usr/bin/Reloader"]
