# The steps of the README, in a container: the image's Node is the version that package.json pins.
FROM node:24-bookworm-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY src/client ./src/client
COPY dashboard ./dashboard
COPY tools/dashboard.ts ./tools/
RUN node tools/dashboard.ts

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY src ./src
COPY prisma ./prisma
COPY schema.graphql ./
COPY --from=dashboard /app/dashboard/dist ./dashboard/dist
USER node
EXPOSE 4000
# Not through npm: SIGTERM has to reach the server itself, which then drains.
CMD ["node", "--max-semi-space-size=16", "src/main/api.ts"]
