import type { CodegenConfig } from '@graphql-codegen/cli';

/** The scalars are what stands in the JSON: money and cursors are text, and stay text. */
const config = {
  strictScalars: true,
  defaultScalarType: 'unknown',
  scalars: {
    Address: 'string',
    BigInt: 'string',
    Cursor: 'string',
    DateTime: 'string',
    Decimal: 'string',
    Hash: 'string',
    SafeInt: 'number',
  },
  enumsAsTypes: true,
  useTypeImports: true,
  importExtension: '.ts',
} as const;

/**
 * What a front end generates for itself from schema.graphql: every operation becomes a typed document for Apollo Client,
 * urql or graphql-ws. The package of clients has ready ones, with fragments, and the manifest that registers them.
 */
const codegen: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'test/types/generated/': {
      documents: ['test/types/operations/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    'dashboard/src/generated/': {
      documents: ['dashboard/src/operations/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config,
    },
    'src/client/generated/': {
      documents: ['src/client/operations/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config,
    },
    'src/client/generated/cache-facts.ts': { plugins: ['./tools/cache-facts.ts'] },
  },
};

export default codegen;
