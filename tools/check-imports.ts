// The import rule. Before it believes that nothing is wrong, it proves on planted imports that each rule finds what it
// is there for: with a parser missing, dependency-cruiser looks at no module and finds no fault.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IResolveOptions } from 'dependency-cruiser';
import { nounImports } from './noun-imports.ts';
import { FOLDERS, FORBIDDEN, PERMITTED, targetOf } from './planted-imports.ts';

interface Configuration {
  readonly forbidden: IForbiddenRuleType[];
  readonly options: Readonly<Record<string, unknown>> & { readonly enhancedResolveOptions: Partial<IResolveOptions> };
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const configuration = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as Configuration;

const ROOTS = ['src', 'test', 'bench', 'tools', 'dashboard/src', 'codegen.ts', 'vitest.config.ts'];

/** Modules that the project has at the least: fewer means that the parser or a path is broken. */
const FEWEST_MODULES = 50;

async function violations(folder: string, roots: readonly string[]): Promise<ICruiseResult> {
  const { enhancedResolveOptions, ...options } = configuration.options;
  const result = await cruise(
    [...roots],
    { ...options, baseDir: folder, validate: true, ruleSet: { forbidden: configuration.forbidden } },
    enhancedResolveOptions,
  );
  if (typeof result.output === 'string') throw new Error('dependency-cruiser answered with a report, not a result');
  return result.output;
}

/** What an import statement of `from` has to say to reach `to`, a file of the project or a package. */
function specifier(from: string, to: string): string {
  if (!/^(src|test|tools|bench|dashboard)\//.test(to)) return to;
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

function plant(folder: string): void {
  const sources = new Map<string, string>();
  for (const name of FOLDERS) sources.set(targetOf(name), '');
  for (const name of ['test', 'bench', 'tools']) sources.set(`${name}/target.ts`, '');
  [...FORBIDDEN, ...PERMITTED].forEach(({ from, to }, index) => {
    const name = JSON.stringify(specifier(from, to));
    // By turns: an import that the types alone need is a direction too, and the one that a parser loses first.
    const statement = index % 2 === 0 ? `import type { T${index} } from ${name};` : `import ${name};`;
    sources.set(from, `${sources.get(from) ?? ''}${statement}\n`);
    if (to.endsWith('.ts') && !to.includes('nowhere') && !sources.has(to)) sources.set(to, '');
  });
  for (const [path, source] of sources) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  // The planted packages are judged by the project's own list of dependencies.
  for (const name of ['package.json', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
}

/** One line for each planted import that was not judged as it must be. */
async function unproven(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-imports-'));
  try {
    plant(folder);
    const found = (await violations(folder, ['src', 'test', 'bench', 'tools', 'dashboard'])).summary.violations;
    const missed = FORBIDDEN.filter(
      ({ from, to, rule }) =>
        !found.some(
          ({ rule: { name }, cycle, ...one }) =>
            name === rule && ((one.from === from && endsLike(one.to, to)) || cycle?.some((step) => step.name === from)),
        ),
    ).map(({ from, to, rule }) => `not found by ${rule}: ${from} -> ${to}`);
    const wronged = PERMITTED.flatMap(({ from, to }) =>
      found
        .filter((one) => one.from === from && endsLike(one.to, to))
        .map((one) => `found by ${one.rule.name}, though permitted: ${from} -> ${to}`),
    );
    return [...missed, ...wronged];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file by its path; a package or a core module by its name within the path it was found at. */
function endsLike(found: string, planted: string): boolean {
  if (planted.includes('nowhere')) return found.includes('nowhere');
  if (planted.startsWith('node:')) return found === planted.slice('node:'.length);
  return found === planted || found.includes(`node_modules/${planted}/`);
}

/** dependency-cruiser sees files, not names: what nouns of the schema take from each other is read from their text. */
function reachingNouns(): readonly string[] {
  const folder = join(ROOT, 'src/schema');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return nounImports(new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')])));
}

/** Files with markup, which dependency-cruiser cannot read: what they import of ours lies in the web application. */
function straying(): readonly string[] {
  const folder = join(ROOT, 'dashboard/src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  return files.flatMap((file) => {
    const imports = readFileSync(join(folder, file), 'utf8').matchAll(/\b(?:from|import) ?\(?'([./][^']*)'/g);
    return [...imports].flatMap(([, name = '']) =>
      relative(folder, join(folder, dirname(file), name)).startsWith('..') ? `${file} -> ${name}` : [],
    );
  });
}

const doubts = await unproven();
for (const doubt of doubts) console.error(`unproven rule: ${doubt}`);

const { summary } = await violations(ROOT, ROOTS);
for (const { rule, from, to, cycle = [] } of summary.violations)
  console.error(`${rule.name}: ${from} -> ${[to, ...cycle.map(({ name }) => name)].join(' -> ')}`);

const reaching = reachingNouns();
for (const one of reaching) console.error(`a noun imports only another noun's ref: src/schema/${one}`);

const strays = straying();
for (const one of strays) console.error(`the dashboard speaks the public API only: dashboard/src/${one}`);

const { totalCruised } = summary;
const faults = summary.violations.length + reaching.length + strays.length;
if (totalCruised < FEWEST_MODULES)
  console.error(`only ${totalCruised} modules seen; there are at least ${FEWEST_MODULES}`);
if (doubts.length > 0 || faults > 0 || totalCruised < FEWEST_MODULES) process.exitCode = 1;
else console.log(`${totalCruised} modules keep the import rule; ${FORBIDDEN.length} planted breaches of it were found`);
