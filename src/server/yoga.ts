import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError, type parse } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Clock } from '../lib/clock.ts';
import { ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Caller, Context } from '../schema/context.ts';
import { type AskedDocument, type Documents, namesDocument } from './documents/documents.ts';
import { extended, presentError, rootCause } from './errors.ts';
import { EXAMPLES } from './graphiql.ts';
import type { Authenticator } from './identity/authenticator.ts';
import { withCost } from './limits/cost.ts';
import type { Limits } from './limits/limits.ts';
import { LimitReached } from './limits/refusals.ts';
import type { Operations } from './operation.ts';
import { checkRequest } from './request-checks.ts';
import { RequestRefused } from './request-refused.ts';
import { traceOperation } from './request-span.ts';
import { correlationOf, nameOperation, REQUEST_ID_HEADER } from './requests.ts';

export interface YogaServices {
  readonly documents: Documents;
  readonly operations: Operations;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticator: Authenticator;
  readonly makeContext: (caller: Caller) => Context;
  readonly graphiql: boolean;
  /** What GraphiQL sends along at first; null for nothing. */
  readonly demoToken: () => Promise<string | null>;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
}

/** What a request came in by, as Yoga hands it on to plugins. */
interface Transport {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** The media types over which a subscription can be had by HTTP, and the protocol over WebSocket. */
const STREAMING = [
  'text/event-stream',
  'multipart/mixed;subscriptionSpec=1.0',
  'graphql-transport-ws over WebSocket on the same path',
];

/** Queries, mutations and GraphiQL over HTTP. Subscriptions never come here: their bytes are shared, and written past it. */
export function createHttpGraphQL(
  {
    documents,
    operations,
    limits,
    authenticator,
    clock,
    log,
    makeContext,
    graphiql,
    demoToken,
    allowedOrigins,
  }: YogaServices,
  path: string,
) {
  const presentTo: PresentTo = (request) => (error) =>
    presentError(error, { ...correlationOf(request), now: clock.now() }, log);
  return createYoga<Transport, Context>({
    schema: operations.schema,
    graphqlEndpoint: path,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    // Documents are kept by the operations, for all transports together.
    parserAndValidationCache: false,
    extraParamNames: ['documentId'],
    maxRequestBodySize: limits.settings.maxMessageBytes,
    healthCheckEndpoint: '/health/yoga',
    context: async ({ request }) => {
      const identity = await authenticator.authenticate(request.headers.get('authorization')).catch(refusedBy);
      return makeContext({ connection: null, identity });
    },
    cors: allowedOrigins
      ? { origin: [...allowedOrigins], methods: ['GET', 'POST', 'OPTIONS'], exposedHeaders: [REQUEST_ID_HEADER] }
      : { origin: '*', credentials: false, exposedHeaders: [REQUEST_ID_HEADER] },
    // Not here: it is not told whose request it was.
    maskedErrors: { maskError: (error) => (error instanceof GraphQLError ? error : new Thrown(error)) },
    graphiql:
      graphiql &&
      (async () => {
        const token = await demoToken();
        const headers = token === null ? {} : { headers: JSON.stringify({ authorization: `Bearer ${token}` }) };
        return {
          title: 'Tidewire',
          subscriptionsProtocol: 'WS',
          // Of tabs that it opens with, GraphiQL takes the headers from each tab; of those opened later, from the page.
          defaultTabs: EXAMPLES.map(({ query }) => ({ query, ...headers })),
          ...headers,
        };
      }),
    renderGraphiQL,
    plugins: [
      refusesRequests(allowedOrigins, presentTo),
      findsDocuments(documents, limits),
      preparesAlike(operations, limits),
      refusesSubscriptions(),
      presentsErrors(limits, presentTo),
    ],
  });
}

/** What is no error of GraphQL's, on its way to {@link presentsErrors}. */
class Thrown extends GraphQLError {
  readonly what: unknown;

  constructor(what: unknown) {
    super(messageOf(what));
    this.what = what;
  }
}

/** Every answer comes by here, also of what was never executed. */
function presentsErrors(limits: Limits, presentTo: PresentTo): Plugin<object, Transport> {
  return {
    onResultProcess: ({ result, setResult, serverContext }) => {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return;
      const present = presentTo(serverContext.req);
      const errors = result.errors.map((error) => {
        const thrown = error instanceof Thrown ? error.what : error;
        const http = httpOf(thrown);
        const isTooLong = http?.status === TOO_LONG;
        const { maxMessageBytes } = limits.settings;
        const told = isTooLong ? limits.refusals.count(new LimitReached('bodyBytes', maxMessageBytes)) : thrown;
        const presented = present(told);
        return http ? extended(presented, { http }) : presented;
      });
      setResult({ ...result, errors });
    },
  };
}

/** The status of a body that Yoga has stopped reading. */
const TOO_LONG = 413;

/** What an error says about the status of the answer: ours, or what Yoga answers by status, which stays as Yoga made it. */
function httpOf(
  error: unknown,
): { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } | null {
  const cause = rootCause(error);
  if (cause instanceof RequestRefused) return { status: cause.status, headers: cause.headers };
  return error instanceof GraphQLError ? ((error.extensions['http'] as { readonly status?: number }) ?? null) : null;
}

/** A credential that is not good is refused by status too, as RFC 9110 has it. */
function refusedBy(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error;
  const http = { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  throw new GraphQLError(error.message, { extensions: { ...error.extensions, http } });
}

/** How errors are told to whom a request is from. */
type PresentTo = (request: IncomingMessage) => (error: unknown) => GraphQLError;

/** What is not let in is told so before anything reads it. */
function refusesRequests(allowed: readonly string[] | null, presentTo: PresentTo): Plugin<object, Transport> {
  return {
    onRequest: ({ request, serverContext, fetchAPI, endResponse }) => {
      try {
        checkRequest(request, allowed);
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error;
        const errors = [presentTo(serverContext.req)(error)];
        endResponse(fetchAPI.Response.json({ errors }, { status: error.status }));
      }
    },
  };
}

/** A document that a request names by its hash is found before anything looks at it. */
function findsDocuments(documents: Documents, limits: Limits): Plugin<object, Transport> {
  return {
    onRequestParse: ({ request, url }) => {
      if (request.method !== 'GET') return;
      // Yoga takes what is no JSON for a fault of ours.
      for (const name of ['variables', 'extensions']) {
        const text = url.searchParams.get(name);
        if (text !== null && text !== '' && !isJson(text))
          throw new RequestRefused(400, `${name} is not JSON.`, { argument: name });
      }
    },
    onParams: async ({ params, request, setParams, context }) => {
      const asked = askedDocument(params, request);
      // What names no document is told so by Yoga, by the status that the specification has for it.
      if (!asked) return;
      const query = await documents.textOf(asked, limits.requestsOf(limits.addresses.of(context.req)));
      const { documentId: _, ...rest } = { documentId: null, ...params };
      setParams({ ...rest, query });
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How a request names its document; null where it does not. Yoga itself reads no `documentId`. */
function askedDocument(params: unknown, { method, url }: Request): AskedDocument | null {
  if (params === null || typeof params !== 'object') return null;
  const documentId = method === 'GET' ? new URL(url).searchParams.get('documentId') : null;
  const asked = documentId === null ? params : { ...params, documentId };
  return namesDocument(asked) ? asked : null;
}

/** Operations are prepared by the rules that hold on every transport, and the answer says what they cost. */
function preparesAlike(operations: Operations, limits: Limits): Plugin<Transport> {
  return {
    onParse: ({ context, setParseFn }) => {
      const budget = limits.requestsOf(limits.addresses.of(context.req));
      setParseFn(((source: string) => operations.parse(source, budget)) as typeof parse);
    },
    onValidate: ({ params, setResult }) => setResult(operations.errorsOf(params.documentAST)),
    onExecute: ({
      args: { document, operationName, variableValues: variables, contextValue },
      executeFn,
      setExecuteFn,
      setResultAndStopExecution,
    }) => {
      const budget = limits.requestsOf(limits.addresses.of(contextValue.req));
      const admitted = operations.admit(document, { operationName, variables }, budget);
      if (!('cost' in admitted)) {
        setResultAndStopExecution({ errors: admitted });
        return undefined;
      }
      setExecuteFn((args) => traceOperation(admitted, () => executeFn(args)));
      nameOperation(contextValue.req, admitted.operation.name?.value ?? null);
      return {
        onExecuteDone: ({ result, setResult }) => {
          if (!(Symbol.asyncIterator in result)) setResult(withCost(result, admitted.cost));
        },
      };
    },
  };
}

/** A subscription without a streaming `Accept` gets 406 and is told what would do. */
function refusesSubscriptions(): Plugin {
  const refusal = new GraphQLError(`A subscription needs a streaming transport: ${STREAMING.join('; ')}.`, {
    extensions: { code: 'BAD_USER_INPUT', argument: 'Accept', allowed: STREAMING, http: { status: 406 } },
  });
  return {
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(() => Promise.resolve({ errors: [refusal] })),
  };
}
