/** An import that a rule of .dependency-cruiser.cjs must find. */
export interface ForbiddenImport {
  /** Folder or file of `src` that holds the import. */
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/** Files that the planted imports aim at, beside those that hold them. A folder stands for one file in it. */
export const FOLDERS = [
  'lib',
  'model',
  'feeds',
  'engines',
  'bus',
  'store',
  'workers',
  'cohorts',
  'schema',
  'server',
  'client',
  'main',
] as const;

/**
 * What each folder may import, written down a second time: derived from the configuration, a rule that is wrong there
 * would be proven right here. Columns are the folders in the order of {@link FOLDERS}; `x` is allowed. The file aimed
 * at in `bus` is topics.ts, which everybody who may see anything of the bus may see.
 */
const ALLOWED: Readonly<Record<(typeof FOLDERS)[number], string>> = {
  //        li mo fe en bu st wo co sc se cl ma
  lib: '     x  .  .  .  .  .  .  .  .  .  .  . ',
  model: '   x  x  .  .  .  .  .  .  .  .  .  . ',
  feeds: '   x  x  x  .  .  .  .  .  .  .  .  . ',
  engines: ' x  x  .  x  .  .  .  .  .  .  .  . ',
  bus: '     x  x  .  .  x  .  .  .  .  .  .  . ',
  store: '   x  x  .  .  x  x  .  .  .  .  .  . ',
  workers: ' x  x  x  x  x  x  x  .  .  .  .  . ',
  cohorts: ' x  x  .  .  x  x  .  x  .  .  .  . ',
  schema: '  x  x  .  .  x  x  .  x  x  .  .  . ',
  server: '  x  x  .  .  x  x  .  x  x  x  .  . ',
  client: '  .  .  .  .  .  .  .  .  .  .  x  . ',
  main: '    x  x  x  x  x  x  x  x  x  x  .  x ',
};

/** The file that an import of a folder aims at. */
export function targetOf(folder: string): string {
  const name = { bus: 'topics', engines: 'engine' }[folder] ?? 'target';
  return `src/${folder}/${name}.ts`;
}

const marks = (folder: (typeof FOLDERS)[number]) => ALLOWED[folder].trim().split(/\s+/);

/** Every forbidden direction between two folders, and the walls inside them. */
export const FORBIDDEN: readonly ForbiddenImport[] = [
  ...FOLDERS.flatMap((from) =>
    FOLDERS.filter((_, column) => marks(from)[column] === '.').map((to) => ({
      from: `src/${from}/planted.ts`,
      to: targetOf(to),
      rule: from === 'main' ? 'client-is-for-others' : `${from}-imports-only`,
    })),
  ),
  { from: 'src/store/port.ts', to: 'src/bus/redis-bus.ts', rule: 'store-imports-only' },
  { from: 'src/schema/port.ts', to: 'src/bus/bus.ts', rule: 'schema-imports-only' },
  { from: 'src/server/port.ts', to: 'src/bus/redis-bus.ts', rule: 'server-imports-only' },
  { from: 'src/cohorts/port.ts', to: 'src/bus/memory-bus.ts', rule: 'engines-of-the-bus-are-chosen-in-main' },
  { from: 'src/workers/port.ts', to: 'src/bus/redis-bus.ts', rule: 'engines-of-the-bus-are-chosen-in-main' },
  { from: 'src/strangers/planted.ts', to: 'src/lib/target.ts', rule: 'known-folders' },
  { from: 'src/feeds/one/feed.ts', to: 'src/feeds/other/mapper.ts', rule: 'one-venue-never-imports-another' },
  { from: 'src/feeds/life.ts', to: 'src/feeds/one/feed.ts', rule: 'only-the-registry-knows-venues' },
  { from: 'src/engines/book.ts', to: 'src/engines/prices.ts', rule: 'one-engine-never-imports-another' },
  { from: 'src/engines/book/levels.ts', to: 'src/engines/risk/score.ts', rule: 'one-engine-never-imports-another' },
  { from: 'src/engines/book/side.ts', to: 'src/engines/prices.ts', rule: 'one-engine-never-imports-another' },
  { from: 'src/engines/io.ts', to: 'node:fs', rule: 'engines-are-pure' },
  { from: 'src/model/io.ts', to: 'node:timers/promises', rule: 'engines-are-pure' },
  { from: 'src/engines/redis.ts', to: 'ioredis', rule: 'engines-use-no-client' },
  { from: 'src/workers/graphql.ts', to: 'graphql', rule: 'graphql-stays-on-the-read-side' },
  { from: 'src/feeds/yoga.ts', to: 'graphql-yoga', rule: 'graphql-stays-on-the-read-side' },
  { from: 'src/store/pothos.ts', to: '@pothos/core', rule: 'graphql-stays-on-the-read-side' },
  { from: 'src/server/pubsub.ts', to: 'graphql-redis-subscriptions', rule: 'redis-pubsub-only-in-the-bus' },
  { from: 'src/server/environment.ts', to: 'node:process', rule: 'environment-only-in-main' },
  { from: 'src/schema/price.ts', to: 'src/schema/index.ts', rule: 'schema-files-do-not-import-the-schema' },
  { from: 'src/lib/proof.ts', to: 'vitest', rule: 'no-development-packages-in-src' },
  { from: 'src/main/proof.ts', to: 'test/target.ts', rule: 'src-stands-alone' },
  { from: 'src/main/speed.ts', to: 'bench/target.ts', rule: 'src-stands-alone' },
  { from: 'src/main/task.ts', to: 'tools/target.ts', rule: 'src-stands-alone' },
  { from: 'dashboard/src/reach.ts', to: 'src/lib/target.ts', rule: 'dashboard-speaks-the-public-api' },
  { from: 'dashboard/src/proof.ts', to: 'test/target.ts', rule: 'dashboard-speaks-the-public-api' },
  { from: 'bench/start.ts', to: 'src/main/target.ts', rule: 'main-is-a-root' },
  { from: 'src/server/lost.ts', to: 'src/server/nowhere.ts', rule: 'everything-resolves' },
  // A cycle is told once, for whichever of its imports was seen first.
  { from: 'src/model/egg.ts', to: 'src/model/hen.ts', rule: 'no-cycles' },
  { from: 'src/model/hen.ts', to: 'src/model/egg.ts', rule: 'no-cycles' },
];

/** Imports that no rule may find: without them a rule that forbids everything would pass. */
export const PERMITTED: readonly Omit<ForbiddenImport, 'rule'>[] = [
  ...FOLDERS.flatMap((from) =>
    FOLDERS.filter((_, column) => marks(from)[column] === 'x').map((to) => ({
      from: `src/${from}/permitted.ts`,
      to: targetOf(to),
    })),
  ),
  { from: 'src/feeds/registry.ts', to: 'src/feeds/one/mapper.ts' },
  { from: 'src/feeds/other/feed.ts', to: 'src/feeds/feed.ts' },
  { from: 'src/engines/risk/metrics.ts', to: 'src/engines/risk/score.ts' },
  { from: 'src/engines/risk.ts', to: 'src/engines/risk/score.ts' },
  { from: 'src/model/checksum.ts', to: 'node:zlib' },
  { from: 'src/bus/redis-bus.ts', to: 'graphql-redis-subscriptions' },
  { from: 'src/main/wiring.ts', to: 'src/bus/redis-bus.ts' },
  { from: 'src/main/config.ts', to: 'node:process' },
  { from: 'src/server/yoga.ts', to: 'graphql-yoga' },
  { from: 'dashboard/src/client.ts', to: 'src/client/target.ts' },
  { from: 'src/server/counts.ts', to: 'src/bus/redis-link.ts' },
  { from: 'src/schema/orderbook.ts', to: 'src/schema/price-level.ts' },
];
