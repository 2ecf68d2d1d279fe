// `npm run lock` completes package-lock.json for the platforms whose binaries the registry at hand lacks;
// with --check it only says what is missing, and fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { entriesWithHost, type Lock, missingEntries } from './lock-completion.ts';

const FILE = new URL('../package-lock.json', import.meta.url);
const checking = process.argv.includes('--check');

const text = readFileSync(FILE, 'utf8');
const lock = JSON.parse(text) as Lock;
const missing = missingEntries(lock);
const hosts = entriesWithHost(lock);

for (const { path, entry } of missing) console.log(`${checking ? 'missing' : 'added'}: ${path} ${entry.version}`);
for (const path of hosts)
  console.error(`names a registry: ${path} (omit-lockfile-registry-resolved in .npmrc prevents it)`);

if (!checking && missing.length > 0) {
  const packages = { ...lock.packages };
  for (const { path, entry } of missing) packages[path] = entry;
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
}

const wrong = hosts.length + (checking ? missing.length : 0);
if (wrong > 0) process.exitCode = 1;
else
  console.log(
    `package-lock.json: ${Object.keys(lock.packages).length + missing.length} entries, complete, no host named`,
  );
