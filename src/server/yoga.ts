import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError, type parse } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Caller, Context } from '../schema/context.ts';
import { presentError } from './errors.ts';
import { EXAMPLES } from './graphiql.ts';
import type { Authenticator } from './identity/authenticator.ts';
import type { Operations } from './operation.ts';
import { allowsOrigin, originRefused } from './origins.ts';

export interface YogaServices {
  readonly operations: Operations;
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticator: Authenticator;
  readonly makeContext: (caller: Caller) => Context;
  readonly graphiql: boolean;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
}

/** The media types over which a subscription can be had by HTTP, and the protocol over WebSocket. */
const STREAMING = [
  'text/event-stream',
  'multipart/mixed;subscriptionSpec=1.0',
  'graphql-transport-ws over WebSocket on the same path',
];

/** Queries, mutations and GraphiQL over HTTP. Subscriptions never come here: their bytes are shared, and written past it. */
export function createHttpGraphQL(
  { operations, authenticator, clock, log, makeContext, graphiql, allowedOrigins }: YogaServices,
  path: string,
) {
  const present = (error: unknown) => presentError(error, { requestId: randomUUID(), now: clock.now() }, log);
  return createYoga<object, Context>({
    schema: operations.schema,
    graphqlEndpoint: path,
    landingPage: false,
    logging: false,
    batching: false,
    healthCheckEndpoint: '/health/yoga',
    context: async ({ request }) => {
      const identity = await authenticator.authenticate(request.headers.get('authorization')).catch(refusedBy);
      return makeContext({ connection: null, identity });
    },
    cors: allowedOrigins
      ? { origin: [...allowedOrigins], methods: ['GET', 'POST', 'OPTIONS'] }
      : { origin: '*', credentials: false },
    maskedErrors: {
      maskError: (error) => {
        const presented = present(error);
        // What Yoga answers by status stays as Yoga made it.
        const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
        return http
          ? new GraphQLError(presented.message, { extensions: { ...presented.extensions, http } })
          : presented;
      },
    },
    graphiql: graphiql && {
      title: 'Tidewire',
      subscriptionsProtocol: 'WS',
      defaultTabs: EXAMPLES.map(({ query }) => ({ query })),
    },
    renderGraphiQL,
    plugins: [refusesOrigins(allowedOrigins, present), parsesAlike(operations), refusesSubscriptions()],
  });
}

/** A credential that is not good is refused by status too, as RFC 9110 has it. */
function refusedBy(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error;
  const http = { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  throw new GraphQLError(error.message, { extensions: { ...error.extensions, http } });
}

/** POSTs of pages of other origins are not let in. */
function refusesOrigins(allowed: readonly string[] | null, present: (error: unknown) => GraphQLError): Plugin {
  return {
    onRequest: ({ request, fetchAPI, endResponse }) => {
      if (request.method !== 'POST' || allowsOrigin(request.headers.get('origin'), allowed)) return;
      const refused = originRefused();
      endResponse(fetchAPI.Response.json({ errors: [present(refused)] }, { status: refused.status }));
    },
  };
}

/** Documents are parsed by the rules that hold on every transport. */
function parsesAlike(operations: Operations): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(((source: string) => operations.parse(source)) as typeof parse),
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
