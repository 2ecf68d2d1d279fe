import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
} from 'graphql';
import { type TopicRef, topics } from '../../src/bus/topics.ts';

/** How a field is delivered: what the table of topics and the wall say of it. */
interface Kind {
  readonly topic: TopicRef & { readonly durable?: true; readonly reach: string };
  readonly scope: string;
}

const SCOPES: Readonly<Record<string, string>> = {
  public: 'Public: needs no identity.',
  mixed: 'Public, and what is your own beside it where you have an identity.',
  owner: 'Yours: needs an identity, and gives what belongs to your addresses.',
  open: 'Your own connection: needs no identity.',
};

/** The page of one subscription. Everything in it is the schema's, the topic table's, or came over the wire. */
export function subscriptionPage(
  schema: GraphQLSchema,
  name: string,
  example: string,
  payload: Readonly<Record<string, unknown>>,
): string {
  const field = schema.getSubscriptionType()?.getFields()[name];
  if (!field) throw new Error(`no subscription is called ${name}`);
  const type = getNamedType(field.type) as GraphQLObjectType | GraphQLInterfaceType;
  const kind = kindOf(name, field.extensions);
  const args = field.args.flatMap((argument) => rowsOf(argument, ''));
  return `# ${name}

${MADE}

${field.description ?? ''}

\`${name}: ${String(field.type)}\`

${deliveryOf(kind)}

## Arguments

| argument | type | meaning |
|---|---|---|
${args.join('\n')}

## Example

\`\`\`graphql
${example}
\`\`\`

A payload, as it was received:

\`\`\`json
${JSON.stringify(payload, null, 2)}
\`\`\`

Typed and ready, with every field: \`${documentOf(name)}\` of \`tidewire-client/documents\`.

## Fields of ${type.name}

${type.description ?? ''}

${fieldsOf(schema, type)}

## Errors

${errorsOf(kind, args).join('\n')}

What each code asks of a client: [errors](../errors.md). The rules of delivery: [PROTOCOL.md](../../PROTOCOL.md).
`;
}

/** Stands on each page that is made. */
export const MADE = '<!-- Made by `npm run docs` from the schema. -->';

/** The list of all pages. */
export function subscriptionIndex(schema: GraphQLSchema): string {
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
  const rows = fields.map(({ name, description, extensions }) => {
    const { topic, scope } = kindOf(name, extensions);
    const kind = topic.kind === 'state' ? 'state' : topic.durable ? 'events, durable' : 'events';
    return `| [${name}](${name}.md) | ${kind} | ${scope} | ${firstSentence(description)} |`;
  });
  return `# Subscriptions

${MADE}

*State*: a snapshot, then the latest value of each key; resumed by a new snapshot. *Events*: every one, resumed by cursor without loss
or repetition; durable ones for 30 days, the others for ten minutes (both are settings).

| field | kind | whose | what |
|---|---|---|---|
${rows.join('\n')}
`;
}

/** Up to the first full stop or colon that stands in no code and no parentheses. */
function firstSentence(text: string | null | undefined): string {
  const whole = text ?? '';
  for (const { index } of whole.matchAll(/[.:](?=\s|$)/g)) {
    const sentence = whole.slice(0, index);
    const isOpen = sentence.split('`').length % 2 === 0 || sentence.split('(').length !== sentence.split(')').length;
    if (!isOpen) return `${sentence}.`;
  }
  return whole;
}

function kindOf(name: string, extensions: Readonly<Record<string, unknown>>): Kind {
  const { pothosOptions } = extensions as { pothosOptions?: { authScopes?: Readonly<Record<string, boolean>> } };
  const topic = (topics as Readonly<Record<string, Kind['topic']>>)[name];
  if (!topic) throw new Error(`no topic is called ${name}`);
  return { topic, scope: Object.keys(pothosOptions?.authScopes ?? {})[0] ?? '' };
}

function deliveryOf({ topic, scope }: Kind): string {
  const how =
    topic.kind === 'state'
      ? 'State: a snapshot of each key that passes the filter, then its latest value at each change, or at the interval that you choose. After a reconnect the snapshot comes again.'
      : `Events: every one, in the order of its stream, once. Resumed by \`after\` a cursor for ${topic.durable ? '30 days, over restarts' : 'ten minutes'} (an operator’s setting).`;
  const where = topic.reach === 'process' ? ' Each server tells its own.' : '';
  return `${how}${where} ${SCOPES[scope] ?? ''}`;
}

function rowsOf(argument: GraphQLArgument | GraphQLInputField, above: string): readonly string[] {
  const path = `${above}${argument.name}`;
  const { defaultValue } = argument;
  const type = `\`${String(argument.type)}${defaultValue === undefined ? '' : ` = ${String(defaultValue)}`}\``;
  const row = `| \`${path}\` | ${type} | ${cell(argument.description)} |`;
  const named = getNamedType(argument.type);
  // A filter that holds others of its own kind (anyOf) is told once.
  if (!isInputObjectType(named) || above.split('.').length > 1) return [row];
  return [row, ...Object.values(named.getFields()).flatMap((member) => rowsOf(member, `${path}.`))];
}

function fieldsOf(schema: GraphQLSchema, type: GraphQLObjectType | GraphQLInterfaceType): string {
  const table = (fields: ReturnType<typeof type.getFields>, left: readonly string[] = []) =>
    [
      '| field | type | meaning |',
      '|---|---|---|',
      ...Object.values(fields)
        .filter(({ name }) => !left.includes(name))
        .map((field) => `| \`${field.name}\` | \`${String(field.type)}\` | ${cell(field.description)} |`),
    ].join('\n');
  const common = table(type.getFields());
  if (!isInterfaceType(type)) return common;
  const shared = Object.keys(type.getFields());
  const kinds = schema
    .getPossibleTypes(type)
    .map((kind) => `### ${kind.name}\n\n${kind.description ?? ''}\n\n${table(kind.getFields(), shared)}`);
  return [common, ...kinds].join('\n\n');
}

const cell = (text: string | null | undefined) => (text ?? '').replaceAll('\n', ' ').replaceAll('|', '\\|');

/** As codegen calls it. */
const documentOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Document`;

function errorsOf({ topic, scope }: Kind, args: readonly string[]): readonly string[] {
  const has = (text: string) => args.some((row) => row.includes(text));
  const line = (code: string, when: string) => `- \`${code}\`: ${when}.`;
  return [
    ...(has('`filter') ? [line('BAD_USER_INPUT', 'a list of the filter is empty or has more than 200 members')] : []),
    ...(has('symbol') ? [line('BAD_USER_INPUT', 'nobody knows the symbol; the nearest names are in `allowed`')] : []),
    ...(has('`delivery.') ? [line('BAD_USER_INPUT', '`delivery.minIntervalMs` is not within 0 to 60000')] : []),
    ...(topic.kind === 'event'
      ? [
          line(
            'BAD_USER_INPUT',
            '`last` is not within 1 to 500 or stands beside `after`; the cursor is another field’s',
          ),
          line('CURSOR_EXPIRED', 'not everything after the cursor is still kept'),
          line('SLOW_CONSUMER', 'you read more slowly than events are kept; `resumeCursor` says where you were'),
        ]
      : []),
    ...(scope === 'owner'
      ? [line('UNAUTHENTICATED', 'you have not said who you are, or the credential that let you in is good no longer')]
      : []),
    ...(has('`filter.owner`')
      ? [line('FORBIDDEN', '`filter.owner` is not yours, or the cursor holds an address that is not')]
      : []),
    ...(has('Id`') ? [line('NOT_FOUND', 'there is no such thing of yours')] : []),
    line('TOO_MANY_SUBSCRIPTIONS', 'the connection holds as many as it may'),
    line('UNAVAILABLE', 'something that it needs does not answer at the moment'),
  ];
}
