# Built in one stage, run from another: the image holds production dependencies and compiled code only.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
# valibot names typescript as an optional peer, for which npm would keep the compiler: 30 MB that nothing runs.
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/typescript node_modules/@typescript

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    XDG_DATA_HOME=/data \
    FILES_ROOT=/files \
    FILES_CLIENT_ROOTS=ignore
RUN groupadd --gid 10001 mcpuser \
 && useradd --uid 10001 --gid mcpuser --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mcpuser \
 && mkdir /data /files && chown mcpuser:mcpuser /data
WORKDIR /app
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json config.yaml LICENSE README.md CHANGELOG.md ./
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs
# What a start compiles is compiled here once, which halves the time of each start. Root's folder: nobody changes it later.
ENV NODE_COMPILE_CACHE=/app/.compiled
COPY deploy/warm-up.mjs /tmp/warm-up.mjs
RUN node /tmp/warm-up.mjs && rm /tmp/warm-up.mjs && chmod -R a+rX /app/.compiled
USER mcpuser
VOLUME /data
EXPOSE 8000 8001 8002 8003 8004 8005
# Liveness of the process itself, by the Node that is there anyway; plugins have their own /{plugin}/health.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
