# docker run --init --read-only --tmpfs /tmp -v keersluis:/data -p 127.0.0.1:8080:8080 keersluis
# (/tmp is for libvips: very large interlaced pictures. Pixels go from a decoder child to its worker through /dev/shm, 3 MiB for
# each; Docker gives it 64 MB, and what finds no room there goes to /tmp.)
FROM node:24-bookworm-slim AS build
# Native modules are compiled where no prebuilt binary fits the platform.
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
# The prepare script builds dist.
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
  KEERSLUIS_DATA_DIR=/data \
  KEERSLUIS_HOST=0.0.0.0 \
  KEERSLUIS_PORT=8080 \
  KEERSLUIS_OPS_HOST=0.0.0.0 \
  KEERSLUIS_OPS_PORT=9090
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/docs ./docs
COPY --from=build /app/fixtures/test-card.png ./fixtures/test-card.png
# The only place on the disk that is written to, so the root file system can be read-only.
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KEERSLUIS_PORT}/healthz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it hears SIGTERM and ends what is in flight.
CMD ["node", "dist/cli.js", "serve"]
