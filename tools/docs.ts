// `npm run docs` writes a page for each subscription, the page of errors and llms.txt from the code; with --check it writes
// nothing and fails when a file is not what the code says. --capture first takes payloads and errors anew from servers,
// --capture-errors the errors alone, which takes seconds.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schema } from '../src/schema/index.ts';
import { llmsText } from '../src/server/llms.ts';
import { capturePayloads, captureRefusals } from './docs/capture.ts';
import { errorsPage } from './docs/errors-page.ts';
import { readExamples, readReceived, receivedFile } from './docs/received.ts';
import { subscriptionIndex, subscriptionPage } from './docs/subscription-page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = 'docs/subscriptions';

const examples = readExamples(ROOT);
const capturesAll = process.argv.includes('--capture');
if (capturesAll || process.argv.includes('--capture-errors')) {
  const known = existsSync(receivedFile(ROOT)) ? readReceived(ROOT) : { payloads: {}, refusals: {} };
  const payloads = capturesAll ? await capturePayloads(ROOT, examples, known.payloads) : known.payloads;
  const taken = { payloads, refusals: await captureRefusals(ROOT) };
  writeFileSync(receivedFile(ROOT), `${JSON.stringify(taken, null, 2)}\n`);
}
const received = readReceived(ROOT);
const names = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
const files = new Map<string, string>([
  [`${PAGES}/README.md`, subscriptionIndex(schema)],
  ['docs/errors.md', errorsPage(received)],
  ['docs/llms.txt', llmsText(schema)],
]);
for (const name of names) {
  const [example, payload] = [examples.get(name), received.payloads[name]];
  if (!example || !payload) throw new Error(`${name} has no example in ${PAGES}, or it was never received: --capture`);
  files.set(`${PAGES}/${name}.md`, subscriptionPage(schema, name, example, payload));
}

const onDisk = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : null);
const stale = [...files].filter(([file, text]) => onDisk(file) !== text).map(([file]) => file);
const orphans = readdirSync(join(ROOT, PAGES)).filter((name) => name.endsWith('.md') && !files.has(`${PAGES}/${name}`));
if (!process.argv.includes('--check')) {
  for (const file of stale) writeFileSync(join(ROOT, file), files.get(file) ?? '');
  console.log(`${stale.length} of ${files.size} pages written`);
} else if (stale.length === 0 && orphans.length === 0) console.log('the pages are what the code says');
else {
  console.error(
    `not what the code says: ${[...stale, ...orphans].join(', ')}: run \`npm run docs\`, read the diff, commit it`,
  );
  process.exitCode = 1;
}
