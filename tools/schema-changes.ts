import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';

/** How a change meets clients that were built before it. */
export type Severity = 'breaking' | 'dangerous' | 'safe';

export interface SchemaChange {
  readonly severity: Severity;
  /** One sentence naming what changed. */
  readonly message: string;
}

const SEVERITIES: Readonly<Record<CriticalityLevel, Severity>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/** The text of schema.graphql: sorted, so that it changes only where the API does. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** What changed from one schema text to another, the worst first. */
export async function schemaChanges(before: string, after: string): Promise<readonly SchemaChange[]> {
  const changes = await diff(buildSchema(before), buildSchema(after));
  const order = Object.values(SEVERITIES);
  return changes
    .map(({ criticality, message }) => ({ severity: SEVERITIES[criticality.level], message }))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
