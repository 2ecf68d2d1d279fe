import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** One script of what `code` imports and makes, as a front end's bundler would send it to a browser. */
export async function bundle(
  code: string,
  options: { readonly external?: readonly string[]; readonly format?: 'iife' | 'es' } = {},
): Promise<{ readonly code: string; readonly gzipped: number }> {
  const { external = [], format = 'iife' } = options;
  const entry = '\0entry.ts';
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { conditions: ['tidewire-source', 'module', 'browser', 'production', 'import', 'default'] },
    // Under a test's NODE_ENV it would be the development form, which a production React does not have.
    oxc: { jsx: { runtime: 'automatic', development: false } },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === 'entry' ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      rolldownOptions: {
        input: 'entry',
        external: [...external],
        // A script does; a module is what it exports.
        ...(format === 'es' && { preserveEntrySignatures: 'strict' }),
        output: { format, name: 'bundled' },
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (!chunk) throw new Error(`nothing was made of the entry`);
  return { code: chunk.code, gzipped: gzipSync(chunk.code).length };
}
