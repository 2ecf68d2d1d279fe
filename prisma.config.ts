import { defineConfig } from 'prisma/config';

// Prisma's command line would download a schema engine even to generate; any file named here keeps it from that. The
// engine that plans migrations comes as WebAssembly from the npm registry (tools/migrations.ts).
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env['DATABASE_URL'] && { datasource: { url: process.env['DATABASE_URL'] } }),
});
