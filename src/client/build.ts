// `npm run build -w tidewire-client`: JavaScript and types into dist/, and the schema beside them, as they are published.
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

rmSync(join(HERE, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', join(HERE, 'tsconfig.json')], { stdio: 'inherit' });
// The compiler rewrites imports in JavaScript alone.
for (const name of globSync('dist/**/*.d.ts', { cwd: HERE })) {
  const file = join(HERE, name);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
}
copyFileSync(join(HERE, '../../schema.graphql'), join(HERE, 'schema.graphql'));
copyFileSync(join(HERE, 'generated/persisted-documents.json'), join(HERE, 'persisted-documents.json'));
