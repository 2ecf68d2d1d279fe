// The import rule of ARCHITECTURE.md: import only from the rows above one's own, and only from those named.
// `npm run check:imports` runs it, and proves each rule on planted imports (tools/planted-imports.ts).

/** What each folder of src may import besides itself: folders, or files of one. src/main may import everything. */
const MAY_IMPORT = {
  lib: [],
  model: ['lib/'],
  feeds: ['model/', 'lib/'],
  engines: ['model/', 'lib/'],
  bus: ['model/', 'lib/'],
  store: ['bus/(bus|lease|topics|stream)[.]ts$', 'model/', 'lib/'],
  workers: ['feeds/', 'engines/', 'bus/', 'store/', 'model/', 'lib/'],
  cohorts: ['bus/', 'store/', 'model/', 'lib/'],
  schema: ['cohorts/', 'store/', 'bus/topics[.]ts$', 'model/', 'lib/'],
  server: ['schema/', 'cohorts/', 'store/', 'bus/(bus|topics|redis-(link|client))[.]ts$', 'model/', 'lib/'],
  client: [],
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-only`,
  comment: `src/${folder} imports of ours only: ${[`${folder}/`, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[`${folder}/`, ...allowed].join('|')})` },
}));

const rules = [
  {
    name: 'known-folders',
    comment: 'A new folder of src first gets its row in MAY_IMPORT.',
    from: { path: '^src/', pathNot: `^src/(${[...Object.keys(MAY_IMPORT), 'main'].join('|')})/` },
    to: {},
  },
  {
    name: 'main-is-a-root',
    comment: 'src/main composes the rest and is imported by nothing of src or bench. Tools may start parts of it.',
    from: { path: '^(src|bench)/', pathNot: '^src/main/' },
    to: { path: '^src/main/' },
  },
  {
    name: 'client-is-for-others',
    comment: 'src/client is what a front end imports; the server does not.',
    from: { path: '^src/', pathNot: '^src/client/' },
    to: { path: '^src/client/' },
  },
  {
    name: 'dashboard-speaks-the-public-api',
    comment: 'The web application is a client like any other: nothing of the server comes into it.',
    from: { path: '^dashboard/' },
    to: { path: '^(src|test|bench|tools)/', pathNot: '^src/client/' },
  },
  {
    name: 'src-stands-alone',
    comment: 'Nothing that runs in production imports tests, benchmarks, tools or configuration.',
    from: { path: '^src/' },
    to: { pathNot: '^src/|(^|/)node_modules/', dependencyTypesNot: ['core', 'npm'], couldNotResolve: false },
  },
  {
    name: 'no-development-packages-in-src',
    comment: '`npm ci --omit=dev` must be enough to start.',
    // The client's own package.json names its peers; here they are what it is tested with.
    from: { path: '^src/', pathNot: '^src/client/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'one-venue-never-imports-another',
    comment: 'What two venues share lies beside feed.ts.',
    from: { path: '^src/feeds/([^/]+)/' },
    to: { path: '^src/feeds/[^/]+/', pathNot: '^src/feeds/$1/' },
  },
  {
    name: 'only-the-registry-knows-venues',
    comment: 'A venue is added by its folder and one line in registry.ts.',
    from: { path: '^src/feeds/[^/]+[.]ts$', pathNot: '^src/feeds/registry[.]ts$' },
    to: { path: '^src/feeds/[^/]+/' },
  },
  {
    name: 'one-engine-never-imports-another',
    comment: 'Engines meet in market events and in a worker. What two of them share is arithmetic of src/model.',
    from: { path: '^src/engines/([^/.]+)', pathNot: '^src/engines/engine[.]ts$' },
    to: { path: '^src/engines/', pathNot: '^src/engines/($1[/.]|engine[.]ts$)' },
  },
  {
    name: 'engines-are-pure',
    comment: 'An engine and a model are functions of what they are given: no I/O, no timers.',
    from: { path: '^src/(engines|model)/' },
    to: { dependencyTypes: ['core'], pathNot: '^(zlib|crypto)$' },
  },
  {
    name: 'engines-use-no-client',
    comment: 'An engine and a model reach no server, so they need no package that does.',
    from: { path: '^src/(engines|model)/' },
    to: { path: 'node_modules/(ioredis|ws|undici|pino|graphql-redis-subscriptions)/' },
  },
  {
    name: 'graphql-stays-on-the-read-side',
    comment: 'Feeds, engines, workers and what they meet in know nothing of GraphQL.',
    from: { path: '^src/(lib|model|feeds|engines|store|workers)/' },
    to: { path: 'node_modules/(graphql[^/]*|@graphql-[^/]+|@pothos|@envelop|@escape[.]tech)/' },
  },
  {
    name: 'redis-pubsub-only-in-the-bus',
    comment: 'Every live path goes through the Bus port.',
    from: { path: '^src/', pathNot: '^src/bus/' },
    to: { path: 'node_modules/(graphql-redis-subscriptions|graphql-subscriptions)/' },
  },
  {
    name: 'engines-of-the-bus-are-chosen-in-main',
    comment: 'Everybody else sees the port, so that memory and Redis stay interchangeable.',
    from: { path: '^src/', pathNot: '^src/(bus|main)/' },
    to: { path: '^src/bus/[^/]+-bus([.]ts$|/)' },
  },
  {
    name: 'environment-only-in-main',
    comment: 'process.env is read once, in src/main/config.ts (lint forbids the global).',
    from: { path: '^src/', pathNot: '^src/main/' },
    to: { dependencyTypes: ['core'], path: '^process$' },
  },
  {
    name: 'schema-files-do-not-import-the-schema',
    comment: 'index.ts imports every noun for effect; a noun that imports it would be imported by itself.',
    from: { path: '^src/schema/' },
    to: { path: '^src/schema/index[.]ts$' },
  },
  {
    name: 'no-cycles',
    comment: 'Type-only imports count: two files that name each other are one file.',
    from: { path: '^(src|tools|bench|dashboard)/' },
    to: { circular: true },
  },
  {
    name: 'everything-resolves',
    comment:
      'An import that was not found was not judged either. The peers of the benchmark are installed by it alone.',
    from: { pathNot: '^bench/peers/' },
    to: { couldNotResolve: true },
  },
];

module.exports = {
  forbidden: [...folderRules, ...rules.map((rule) => ({ severity: 'error', ...rule }))],
  options: {
    // TypeScript 7 has no API for tools: without swc nothing would be parsed, and nothing found.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Its parser for TypeScript 7 knows no markup: tools/check-imports.ts reads those files itself.
    exclude: { path: '(^|/)generated/|^src/client/dist/|[.]tsx$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // A package of types alone has no main.
      mainFields: ['main', 'types', 'typings'],
      conditionNames: ['tidewire-source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};
