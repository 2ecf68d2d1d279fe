import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * What a front end generates for itself from schema.graphql: every operation becomes a typed document for Apollo Client,
 * urql or graphql-ws. The scalars are what stands in the JSON: money and cursors are text, and stay text.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'test/types/generated/': typedDocuments('test/types/operations/*.graphql'),
    'dashboard/src/generated/': typedDocuments('dashboard/src/operations/*.graphql'),
  },
};

function typedDocuments(documents: string): CodegenConfig['generates'][string] {
  return {
    documents,
    preset: 'client',
    presetConfig: { fragmentMasking: false },
    config: {
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
    },
  };
}

export default config;
