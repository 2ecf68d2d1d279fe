# What is installed is made in one image and carried into another without npm's cache. The image's Node is the version that package.json pins,
# PostgreSQL is another container: neither comes along as an optional package.
FROM node:24-bookworm-slim AS installed
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/client/package.json ./src/client/
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/client ./src/client
RUN npm ci --ignore-scripts
COPY dashboard ./dashboard
COPY tools/dashboard.ts ./tools/
RUN node tools/dashboard.ts

FROM node:24-bookworm-slim
WORKDIR /app
# A container that is started again finds there what was compiled in its first life.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 NODE_COMPILE_CACHE=/tmp/compiled
COPY --from=installed /app/node_modules ./node_modules
COPY package.json schema.graphql ./
COPY prisma ./prisma
COPY src ./src
COPY --from=dashboard /app/dashboard/dist ./dashboard/dist
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: SIGTERM has to reach the server itself, which then drains.
CMD ["node", "--max-semi-space-size=16", "src/main/api.ts"]
