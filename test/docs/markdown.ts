import { globSync, readFileSync } from 'node:fs';

/** A block of code on a page. */
export interface Snippet {
  readonly page: string;
  /** What stands after the fence: `graphql`, `graphql refused`. */
  readonly language: string;
  readonly text: string;
  /** The heading that it stands under. */
  readonly heading: string;
}

/** Every page of the project that people read; those of dependencies and of benchmarks' peers are not ours. */
export const PAGES: readonly string[] = [
  ...globSync('*.md'),
  ...globSync('docs/**/*.md'),
  ...globSync('examples/*.md'),
  'src/client/README.md',
].toSorted();

export function snippetsOf(page: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | null = null;
  for (const line of readFileSync(page, 'utf8').split('\n')) {
    const [, language] = /^```(.*)$/.exec(line) ?? [];
    if (open && language !== undefined) {
      snippets.push({ page, language: open.language, text: open.lines.join('\n'), heading });
      open = null;
    } else if (open) open.lines.push(line);
    else if (language !== undefined) open = { language, lines: [] };
    else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  return snippets;
}

export const SNIPPETS: readonly Snippet[] = PAGES.flatMap(snippetsOf);
