import type { ServerResponse } from 'node:http';
import { type GraphQLField, type GraphQLSchema, isEnumType } from 'graphql';

const HEAD = `# Tidewire

> A GraphQL subscriptions API for DeFi and trading data: prices, order books, trades, funding, positions with PnL, health and risk,
> liquidation warnings, alerts, arbitrage opportunities and transactions, live, typed and complete.

## How to ask

- One URL, \`/graphql\`: WebSocket with the subprotocol \`graphql-transport-ws\` (subscriptions, queries, mutations); HTTP POST (queries,
  mutations); \`Accept: text/event-stream\` or \`multipart/mixed;subscriptionSpec="1.0"\` for a subscription over HTTP.
- A credential goes into \`Authorization: Bearer\`, or into \`connection_init\` as \`token\`. What is public needs none.
- A subscription has one root field. State fields send a snapshot, then the latest value of each \`id\` (replace by \`id\`, drop it at
  \`matches: false\`). Event fields, those with the argument \`after\`, send every event once: keep the newest \`cursor\` and give it as
  \`after\` when you reconnect. The package \`tidewire-client\` does so by itself.
- Pings of the protocol tell \`live\` (operations whose snapshot is complete) and \`progress\` (cursors to keep).
- Money is exact decimal text, never a float. Times are RFC 3339 in UTC. Names that end in \`Pct\` are per cent.
- An error has \`extensions.code\`, and where it helps \`argument\`, \`allowed\`, \`retryAfterMs\`, \`resumeCursor\`.
- The whole schema: introspection at \`/graphql\`.
`;

/** What a language model needs to write a client: the rules in a few lines, then every field in one. */
export function llmsText(schema: GraphQLSchema): string {
  const roots = [
    ['Subscriptions', schema.getSubscriptionType()],
    ['Queries', schema.getQueryType()],
    ['Mutations', schema.getMutationType()],
  ] as const;
  const codes = schema.getType('ErrorCode');
  const errors = isEnumType(codes) ? codes.getValues().map(({ name, description }) => `- ${name}: ${description}`) : [];
  return [
    HEAD,
    ...roots.map(
      ([title, type]) =>
        `## ${title}\n\n${Object.values(type?.getFields() ?? {})
          .map(lineOf)
          .join('\n')}\n`,
    ),
    `## Error codes\n\n${errors.join('\n')}\n`,
  ].join('\n');
}

function lineOf({ name, args, type, description }: GraphQLField<unknown, unknown>): string {
  const given = args.map((argument) => `${argument.name}: ${String(argument.type)}`).join(', ');
  return `- \`${name}${given ? `(${given})` : ''}: ${String(type)}\` ${description ?? ''}`.trimEnd();
}

export function answerLlms(response: ServerResponse, schema: GraphQLSchema): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(llmsText(schema));
}
