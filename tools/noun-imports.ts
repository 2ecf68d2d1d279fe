/** A file of src/schema that gives the API a field of its root types: a noun, as against what nouns share. */
const NOUN = /\bbuilder\s*\.\s*(query|mutation|subscription)Fields?\s*\(/;

const IMPORT = /\bimport\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'\.\/([^']+)'/g;

/**
 * Imports by which one noun reaches into another for more than its type: `file -> other file: name`. A noun's type is
 * exported as `<Name>Ref`; whatever else two nouns share is a file of its own.
 * @param files source text by file name, all of one folder.
 */
export function nounImports(files: ReadonlyMap<string, string>): readonly string[] {
  const nouns = new Map([...files].filter(([, source]) => NOUN.test(source)));
  return [...nouns].flatMap(([file, source]) =>
    [...source.matchAll(IMPORT)]
      .filter(([, , from = '']) => nouns.has(from))
      .flatMap(([, names = '', from]) =>
        names
          .split(',')
          .map((name) =>
            name
              .trim()
              .replace(/^type\s+/, '')
              .replace(/\s+as\s.*$/, ''),
          )
          .filter((name) => name !== '' && !name.endsWith('Ref'))
          .map((name) => `${file} -> ${from}: ${name}`),
      ),
  );
}
