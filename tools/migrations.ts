/**
 * Whether the migrations lead to schema.prisma, and the script of a new one for what has changed in it since the last
 * commit.
 *
 *     node tools/migrations.ts --check
 *     node tools/migrations.ts --create <name>
 */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { createLog } from '../src/lib/log.ts';
import { startEmbeddedPostgres } from '../src/main/postgres/embedded-postgres.ts';
import { migrate } from '../src/store/migrations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCHEMA = 'prisma/schema.prisma';

/** Everything that tells two databases of ours apart: columns, indices and constraints, as PostgreSQL words them. */
const CATALOG = `
  SELECT format('%s.%s %s null:%s default:%s', table_name, column_name,
                coalesce(domain_name, udt_name) || coalesce('(' || character_maximum_length || ')', '')
                  || coalesce('(' || datetime_precision || ')', ''), is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('%s = %s', enumtypid::regtype, enumlabel) FROM pg_enum
  ORDER BY 1`;

/** The SQL from one schema to another; from nothing where the first is null. */
async function script(url: string, from: string | null, to: string): Promise<string> {
  const datamodel = (content: string) => ({ tag: 'schemaDatamodel' as const, files: [{ path: SCHEMA, content }] });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const engine = await SchemaEngine.new({ datamodels: [[SCHEMA, to]] }, () => undefined, adapter);
  const { stdout } = await engine.diff({
    from: from === null ? { tag: 'empty' } : datamodel(from),
    to: datamodel(to),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  return stdout ?? '';
}

/** What a database looks like after `fill`, one line a fact. */
async function catalog(serverUrl: string, name: string, fill: (url: string) => Promise<void>): Promise<Set<string>> {
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  await server.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await fill(url.toString());
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  const { rows } = await client.query<{ line: string }>(CATALOG);
  await client.end();
  // What an index carries along beside its key, schema.prisma cannot say.
  const lines = rows.map(({ line }) => line.replace(/ INCLUDE \([^)]*\)/, ''));
  return new Set(lines.filter((line) => !line.includes('_prisma_migrations')));
}

async function applied(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statements);
  await client.end();
}

/** Does something with a PostgreSQL that is there for it alone. */
async function withServer(work: (url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-migrations-'));
  // Run by root, PostgreSQL is another account, which must get in.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres(folder, createLog('silent'));
  try {
    await work(server.url);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function check(server: string): Promise<void> {
  const wanted = await script(server, null, await readFile(join(ROOT, SCHEMA), 'utf8'));
  const migrated = await catalog(server, 'migrated', (url) => migrate(url, createLog('silent')));
  const described = await catalog(server, 'described', (url) => applied(url, wanted));
  const missing = [...described].filter((line) => !migrated.has(line));
  const left = [...migrated].filter((line) => !described.has(line));
  if (missing.length + left.length === 0)
    return console.log(`migrations lead to schema.prisma: ${migrated.size} facts equal`);
  console.error('prisma/migrations do not lead to prisma/schema.prisma.');
  for (const line of missing) console.error(`  missing: ${line}`);
  for (const line of left) console.error(`  too much: ${line}`);
  process.exitCode = 1;
}

async function create(server: string, name: string): Promise<void> {
  const committed = execFileSync('git', ['show', `HEAD:${SCHEMA}`], { cwd: ROOT, encoding: 'utf8' });
  const first =
    execFileSync('git', ['ls-files', 'prisma/migrations/*/migration.sql'], { cwd: ROOT, encoding: 'utf8' }) === '';
  const statements = await script(server, first ? null : committed, await readFile(join(ROOT, SCHEMA), 'utf8'));
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(ROOT, 'prisma', 'migrations', `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), statements);
  console.log(`prisma/migrations/${stamp}_${name}/migration.sql`);
}

const [mode, name] = process.argv.slice(2);
if (mode === '--check') await withServer(check);
else if (mode === '--create' && name && /^[a-z0-9_]+$/.test(name)) await withServer((server) => create(server, name));
else {
  console.error('node tools/migrations.ts --check | --create <name, in small letters>');
  process.exitCode = 1;
}
