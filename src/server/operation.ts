import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { type Fragments, rootField } from '../cohorts/root-field.ts';
import { ApiError } from '../lib/errors.ts';

/** What a client sends, by whatever transport. */
export interface OperationParams {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that may run. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Tokens of a document: a dense one of 2,000 costs up to 94 ms to validate, and a 20,000-deep one never parses. */
const MAX_TOKENS = 2_000;

/** Documents kept parsed and validated. A front end has some hundreds; past that the oldest is dropped. */
const KEPT_DOCUMENTS = 1_000;

type Checked = { readonly document: DocumentNode; readonly errors: readonly GraphQLError[] };

/**
 * Turns what a client sent into an operation that may run. One for all transports: hooks of the HTTP side never run on a
 * WebSocket.
 */
export class Operations {
  readonly schema: GraphQLSchema;
  readonly #checked = new Map<string, Checked>();

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
  }

  /** @returns errors, not thrown: a refused operation must not end its connection. */
  prepare(params: OperationParams): PreparedOperation | readonly GraphQLError[] {
    try {
      const { document, errors } = this.#check(params.query);
      if (errors.length > 0) return errors;
      const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
      const operation = chosen(operations, params.operationName ?? null);
      return { document, operation, fragments: fragmentsOf(document), variables: params.variables ?? {} };
    } catch (error) {
      return [error instanceof GraphQLError ? error : asGraphQLError(error)];
    }
  }

  /**
   * @throws GraphQLError for what is no GraphQL, has too many tokens, or subscribes to what no event could answer: the
   * last before `validate` sees it, which throws on some of those.
   */
  parse(query: string): DocumentNode {
    const document = parsed(query);
    const fragments = fragmentsOf(document);
    try {
      for (const node of document.definitions)
        if (node.kind === Kind.OPERATION_DEFINITION && node.operation === 'subscription') rootField(node, fragments);
    } catch (error) {
      throw asGraphQLError(error);
    }
    return document;
  }

  #check(query: string): Checked {
    const known = this.#checked.get(query);
    if (known) return known;
    const document = this.parse(query);
    const errors = validate(this.schema, document).map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
    const checked = { document, errors };
    const oldest = this.#checked.keys().next();
    if (this.#checked.size >= KEPT_DOCUMENTS && !oldest.done) this.#checked.delete(oldest.value);
    this.#checked.set(query, checked);
    return checked;
  }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS, noLocation: false });
  } catch (error) {
    throw error instanceof GraphQLError ? coded(error, 'GRAPHQL_PARSE_FAILED') : error;
  }
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.filter(
    (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
  );
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function chosen(operations: readonly OperationDefinitionNode[], name: string | null): OperationDefinitionNode {
  const named = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [first] = named;
  const names = operations.flatMap((operation) => operation.name?.value ?? []);
  if (first && named.length === 1) return first;
  throw new ApiError(
    'GRAPHQL_VALIDATION_FAILED',
    first ? 'operationName is needed: the document holds several operations.' : 'The document holds no such operation.',
    {
      argument: 'operationName',
      allowed: names,
    },
  );
}

function coded(error: GraphQLError, code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED'): GraphQLError {
  return new GraphQLError(error.message, {
    extensions: { ...error.extensions, code },
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
  });
}

function asGraphQLError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
