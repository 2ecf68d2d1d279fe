// `npm run schema` writes schema.graphql from the code and names what that changes for clients; with --check it writes
// nothing and fails when the file is not what the code says.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { schema } from '../src/schema/index.ts';
import { schemaChanges, schemaText } from './schema-changes.ts';

const FILE = new URL('../schema.graphql', import.meta.url);

/** The file as last committed; undefined where there is no commit of it, or no git. */
function committed(): string | undefined {
  try {
    const options = { cwd: new URL('..', import.meta.url), encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['show', 'HEAD:./schema.graphql'], options);
  } catch {
    return undefined;
  }
}

async function printChanges(since: string, before: string, after: string): Promise<void> {
  const changes = await schemaChanges(before, after);
  const breaking = changes.filter(({ severity }) => severity === 'breaking').length;
  console.log(`since ${since}: ${changes.length} changes, ${breaking} of them breaking`);
  for (const { severity, message } of changes) console.log(`  ${severity}: ${message}`);
}

const coded = schemaText(schema);
const written = existsSync(FILE) ? readFileSync(FILE, 'utf8') : undefined;
const before = committed() ?? written;
if (before !== undefined && before !== coded) await printChanges('the last commit', before, coded);

if (!process.argv.includes('--check')) writeFileSync(FILE, coded);
else if (written === coded) console.log('schema.graphql is what the code says');
else {
  console.error('schema.graphql is not what the code says: run `npm run schema`, read its diff, commit it');
  if (written !== undefined && written !== before) await printChanges('schema.graphql', written, coded);
  process.exitCode = 1;
}
