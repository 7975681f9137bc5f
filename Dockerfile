# The image of `npm run image`, for those who build with Docker or BuildKit:
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/netloom-agent:0.1.0 .
FROM --platform=$BUILDPLATFORM node:24-trixie AS files
ARG TARGETARCH
WORKDIR /netloom
COPY . .
RUN npm ci --include=optional --ignore-scripts --no-audit --no-fund
RUN node scripts/image.js --platform "linux/$TARGETARCH" --rootfs /image

FROM scratch
COPY --from=files /image/ /
ENV PATH=/usr/sbin:/usr/bin NODE_ENV=production
USER 65532:65532
WORKDIR /
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/netloom-agent"]
CMD ["serve", "--config", "/etc/netloom/agent.yaml"]
