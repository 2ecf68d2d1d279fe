import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { Fragments } from '../../cohorts/root-field.ts';
import { LimitReached } from './refusals.ts';

/** What an operation costs, as `extensions.cost` of the answer to a query or mutation tells it. */
export interface Cost {
  /** Fields that are resolved at the most: a list counts as many times as it may be long. */
  readonly complexity: number;
  readonly depth: number;
  readonly limits: { readonly complexity: number; readonly depth: number };
}

/** graphql-js' own bound, which its executor sets too: a thousand wrong values are told by the first of them. */
const MAX_VARIABLE_ERRORS = 50;

/**
 * What the fields of an operation say that they cost, together, with these variables. The document must be valid.
 * @returns errors of the variables, as graphql-js words them.
 */
export function complexityOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Readonly<Record<string, unknown>>,
): number | readonly GraphQLError[] {
  // The plugin coerces them too, and would tell of each thing that is wrong with them, however many there are.
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: MAX_VARIABLE_ERRORS,
  });
  if (errors) return errors;
  // What this schema has none of costs nothing: executing it says so.
  if (!schema.getRootType(operation.operation)) return 0;
  return complexityFromQuery(documentOf(operation, fragments), { schema, variables: { ...variables } }).complexity;
}

/** @throws LimitReached */
export function boundComplexity(complexity: number, limit: number): void {
  if (complexity > limit) throw new LimitReached('complexity', limit, { asked: complexity });
}

/** An answer that says what it cost. */
export function withCost(result: ExecutionResult, cost: Cost): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, cost } };
}

const documents = new WeakMap<OperationDefinitionNode, DocumentNode>();

/** An operation with all fragments of its document and no other operation: the plugin takes the first that it finds. */
function documentOf(operation: OperationDefinitionNode, fragments: Fragments): DocumentNode {
  const known = documents.get(operation);
  if (known) return known;
  const made: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] };
  documents.set(operation, made);
  return made;
}
