import { readFile } from 'node:fs/promises';
import { systemClock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import { ManifestError, readManifest } from '../server/documents/manifest.ts';
import { TrustedDocuments } from '../store/trusted-documents.ts';
import { ConfigError, readConfig } from './config.ts';
import { visitStorage } from './storage.ts';

/** `npm run documents`: says which documents may run where TRUSTED_DOCUMENTS is true. */

const USAGE = `npm run documents -- add <persisted-documents.json>
npm run documents -- list
npm run documents -- remove <sha256>

It uses the server at DATABASE_URL, or the embedded one, which then must not be in use. What is added may run at once;
what is removed, in processes that have run it, until they start anew.`;

class UsageError extends Error {}

async function main([command, argument]: readonly string[]): Promise<void> {
  if (command !== 'list' && !(argument && (command === 'add' || command === 'remove'))) throw new UsageError(USAGE);
  const manifest = command === 'add' ? readManifest(await readFile(argument ?? '', 'utf8')) : null;
  const storage = await visitStorage({ config: readConfig(process.env), log: createLog('warn'), clock: systemClock });
  const documents = new TrustedDocuments(storage.database);
  try {
    if (manifest) {
      const added = await documents.add([...manifest].map(([hash, document]) => ({ hash, document })));
      console.log(`${added} added, ${manifest.size - added} registered before`);
    } else if (command === 'list') {
      for (const { hash, document, registeredAt } of await documents.all())
        console.log(`${hash}  ${new Date(registeredAt).toISOString()}  ${firstLine(document)}`);
    } else if ((await documents.remove(argument ?? '')) === 0) {
      throw new UsageError(`There is no document ${argument}.`);
    }
  } finally {
    await storage.close();
  }
}

function firstLine(document: string): string {
  return (document.trim().split('\n', 1)[0] ?? '').slice(0, 100);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof ManifestError;
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!expected && !isMissing) throw error;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
