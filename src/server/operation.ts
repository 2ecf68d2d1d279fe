import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { type Fragments, rootField } from '../cohorts/root-field.ts';
import { ApiError } from '../lib/errors.ts';
import { RecentlyUsed } from '../lib/recently-used.ts';
import { tracedWithin } from '../lib/tracing.ts';
import type { AskedDocument, Documents } from './documents/documents.ts';
import { boundComplexity, type Cost, complexityOf } from './limits/cost.ts';
import { measured, type OperationShape } from './limits/document-shape.ts';
import { documentsOf } from './limits/new-documents.ts';
import type { OperationBudget } from './limits/operation-budget.ts';
import { LimitReached, type Refusals } from './limits/refusals.ts';
import type { LimitSettings } from './limits/settings.ts';
import { checkLiterals, checkVariables } from './limits/variables.ts';

/** What a client sends, by whatever transport, beside the document. */
interface OperationParams {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What a client sends, by whatever transport. */
export interface AskedOperation extends OperationParams, AskedDocument {}

/** An operation that may run. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cost: Cost;
}

/** An operation, or why it may not run. */
export type Prepared = PreparedOperation | readonly GraphQLError[];

export type DocumentLimits = Pick<
  LimitSettings,
  | 'maxTokens'
  | 'maxDepth'
  | 'maxComplexity'
  | 'maxAliases'
  | 'maxDirectives'
  | 'maxRootFields'
  | 'maxFields'
  | 'maxComparisons'
>;

/** Bytes that a token of a parsed document takes, its nodes and locations included: measured, 280, and some room. */
const BYTES_PER_TOKEN = 350;

/** Documents kept. A front end has some hundreds. */
const MAX_DOCUMENTS = 1_000;

/** Bytes kept: a thousand of the largest documents would be three quarters of a gigabyte. */
const MAX_BYTES = 67_108_864;

/** What a field of introspection costs: it is answered for every type there is, or every field of one. */
const INTROSPECTION_COST = 20;

/** What a document must be, and what it must be where nobody is told what the schema holds. */
const RULES = { open: specifiedRules, closed: [...specifiedRules, NoSchemaIntrospectionCustomRule] };

/** What graphql-js says of names like a wrong one: a way to read the schema, a guess at a time. */
const SUGGESTION = / Did you mean .*\?$/;

interface Checked {
  readonly document: DocumentNode;
  readonly fragments: Fragments;
  readonly shapes: ReadonlyMap<OperationDefinitionNode, OperationShape>;
  readonly errors: readonly GraphQLError[];
}

/**
 * Turns what a client sent into an operation that may run. One for all transports: hooks of the HTTP side never run on a
 * WebSocket.
 */
export class Operations {
  readonly schema: GraphQLSchema;
  readonly #documents: Documents;
  readonly #limits: DocumentLimits;
  readonly #introspection: boolean;
  readonly #subscriptions: boolean;
  readonly #refusals: Refusals;
  /** What was found of a text, or the limit that it is over. */
  readonly #checked = new RecentlyUsed<Checked | LimitReached>(MAX_DOCUMENTS, MAX_BYTES);
  readonly #byDocument = new WeakMap<DocumentNode, Checked>();

  /**
   * @param options its `introspection`: whether clients may ask what the schema holds; `subscriptionsEnabled`: whether they
   * may subscribe, left out: true.
   */
  constructor(
    schema: GraphQLSchema,
    documents: Documents,
    options: DocumentLimits & { readonly introspection: boolean; readonly subscriptionsEnabled?: boolean },
    refusals: Refusals,
  ) {
    this.schema = schema;
    this.#documents = documents;
    this.#limits = options;
    this.#introspection = options.introspection;
    this.#subscriptions = options.subscriptionsEnabled ?? true;
    this.#refusals = refusals;
  }

  /**
   * @param budget what this caller may still ask for.
   * @returns errors, not thrown: a refused operation must not end its connection. A promise only for a document that is
   * named by a hash not asked for before.
   */
  prepare(asked: AskedOperation, budget: OperationBudget): Prepared | Promise<Prepared> {
    try {
      const query = this.#documents.textOf(asked, budget);
      if (typeof query === 'string') return this.#prepare(query, asked, budget);
      return query
        .then((text) => this.#prepare(text, asked, budget))
        .catch((error: unknown) => [asGraphQLError(error)]);
    } catch (error) {
      return [asGraphQLError(error)];
    }
  }

  /**
   * A document that is GraphQL and within the limits; {@link errorsOf} says whether it fits the schema.
   * @throws GraphQLError for what is no GraphQL, is over a limit, or subscribes to what no event could answer: the last
   * before `validate` sees it, which throws on some of those.
   */
  parse(query: string, budget: OperationBudget): DocumentNode {
    try {
      return this.#check(query, budget).document;
    } catch (error) {
      throw asGraphQLError(error);
    }
  }

  /** What `validate` says of a document that {@link parse} gave. Fresh ones: whoever answers by status writes on them. */
  errorsOf(document: DocumentNode): readonly GraphQLError[] {
    return this.#known(document).errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
  }

  /**
   * The operation that is to run of a document that {@link parse} gave and that has no errors.
   * @returns errors of the variables, as graphql-js words them.
   * @throws GraphQLError when there is no such operation, its variables are out of bounds, or it costs too much, in itself
   * or on top of what this caller has asked for just now.
   */
  admit(document: DocumentNode, params: OperationParams, budget: OperationBudget): Prepared {
    try {
      return this.#admit(document, params, budget);
    } catch (error) {
      throw asGraphQLError(error);
    }
  }

  #prepare(query: string, params: OperationParams, budget: OperationBudget): Prepared {
    const { document, errors } = this.#check(query, budget);
    return errors.length > 0 ? errors : this.#admit(document, params, budget);
  }

  #admit(
    document: DocumentNode,
    { operationName, variables: given }: OperationParams,
    budget: OperationBudget,
  ): Prepared {
    const { fragments, shapes } = this.#known(document);
    const variables = given ?? {};
    const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const operation = chosen(operations, operationName ?? null);
    if (operation.operation === 'subscription' && !this.#subscriptions)
      throw new ApiError(
        'UNAVAILABLE',
        'Subscriptions are switched off on this server; queries and mutations are not.',
      );
    checkVariables(variables);
    const complexity = complexityOf(this.schema, operation, fragments, variables);
    if (typeof complexity !== 'number') return complexity.map((error) => this.#discreet(error));
    const limits = { complexity: this.#limits.maxComplexity, depth: this.#limits.maxDepth };
    this.#counted(() => boundComplexity(complexity, limits.complexity));
    const { depth = 0, introspected = 0 } = shapes.get(operation) ?? {};
    budget.run(complexity + introspected * INTROSPECTION_COST);
    const cost = { complexity, depth, limits };
    return { document, operation, fragments, variables, cost };
  }

  #known(document: DocumentNode): Checked {
    const checked = this.#byDocument.get(document);
    if (!checked) throw new Error('this document was not parsed here');
    return checked;
  }

  #check(query: string, budget: OperationBudget): Checked {
    let checked = this.#checked.get(query);
    if (!checked) {
      budget.document(1);
      checked = this.#examine(query, budget);
      const { tokenCount = 0 } = 'document' in checked ? checked.document : {};
      this.#checked.set(query, checked, tokenCount * BYTES_PER_TOKEN);
    }
    if (checked instanceof LimitReached) throw this.#refusals.count(checked);
    return checked;
  }

  /** Also what is over a limit is remembered: it will be over it the next time, too. */
  #examine(query: string, budget: OperationBudget): Checked | LimitReached {
    try {
      const document = tracedWithin('GraphQL parse', {}, () => parsed(query, this.#limits));
      checkLiterals(document, query);
      const { tokenCount = 0 } = document;
      if (documentsOf(tokenCount) > 1) budget.document(documentsOf(tokenCount) - 1);
      const fragments = fragmentsOf(document);
      // Whoever follows fragments later never comes back from these.
      const circles = this.#faults(document, [NoFragmentCyclesRule]);
      if (circles.length > 0) return this.#remembered({ document, fragments, shapes: new Map(), errors: circles });
      const shapes = measured(document, fragments, this.#limits);
      for (const node of shapes.keys()) if (node.operation === 'subscription') rootField(node, fragments);
      const rules = this.#introspection ? RULES.open : RULES.closed;
      const errors = tracedWithin('GraphQL validate', {}, () => this.#faults(document, rules));
      return this.#remembered({ document, fragments, shapes, errors });
    } catch (error) {
      // How much this caller may ask for now is no property of the document.
      if (error instanceof LimitReached && error.code !== 'RATE_LIMITED') return error;
      throw error;
    }
  }

  #remembered(checked: Checked): Checked {
    this.#byDocument.set(checked.document, checked);
    return checked;
  }

  #faults(document: DocumentNode, rules: readonly ValidationRule[]): readonly GraphQLError[] {
    return validate(this.schema, document, rules).map((error) =>
      coded(this.#discreet(error), 'GRAPHQL_VALIDATION_FAILED'),
    );
  }

  /** An error that names nothing of the schema which the caller has not named, where nobody is told what it holds. */
  #discreet(error: GraphQLError): GraphQLError {
    if (this.#introspection || !SUGGESTION.test(error.message)) return error;
    return coded(error, 'BAD_USER_INPUT', error.message.replace(SUGGESTION, ''));
  }

  #counted(bound: () => void): void {
    try {
      bound();
    } catch (error) {
      if (error instanceof LimitReached) this.#refusals.count(error);
      throw error;
    }
  }
}

function parsed(query: string, { maxTokens, maxDepth }: DocumentLimits): DocumentNode {
  try {
    return parse(query, { maxTokens, noLocation: false });
  } catch (error) {
    // Its parser calls itself for each level of a list or an object, and runs out of stack before it runs out of tokens.
    if (error instanceof RangeError) throw new LimitReached('depth', maxDepth);
    if (!(error instanceof GraphQLError)) throw error;
    // graphql-js tells it as one more syntax error.
    if (/ more tha[nt] \d+ tokens/.test(error.message)) throw new LimitReached('tokens', maxTokens);
    throw coded(error, 'GRAPHQL_PARSE_FAILED');
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

function coded(
  error: GraphQLError,
  code: 'BAD_USER_INPUT' | 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED',
  message = error.message,
): GraphQLError {
  return new GraphQLError(message, {
    extensions: { ...error.extensions, code },
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
  });
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
