import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { Chance } from './chance.ts';
import { JSON_VALUES, LITERALS } from './values.ts';

/** An operation, its variables as JSON text: some of them `JSON.stringify` would not write. */
export interface Attempt {
  readonly query: string;
  readonly variables: string;
  readonly isSubscription: boolean;
}

/** Where a value goes: names from an argument of a root field down to a member. */
interface Place {
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  readonly selection: string;
  readonly argument: GraphQLArgument;
  readonly others: readonly GraphQLArgument[];
  readonly path: readonly string[];
  /** Types along the path, the argument's own first. */
  readonly types: readonly GraphQLInputType[];
}

type Value = { readonly notation: Notation; readonly text: string };

const VALUES: readonly Value[] = [
  ...JSON_VALUES.map((text) => ({ notation: 'json', text }) as const),
  ...LITERALS.map((text) => ({ notation: 'literal', text }) as const),
];

/** Every hostile value at every argument of every root field and at every member of it, found in the schema itself. */
export class ArgumentAttempts {
  readonly #places: readonly Place[];
  readonly #firstValues: readonly number[];

  constructor(schema: GraphQLSchema, chance: Chance) {
    this.#places = placesOf(schema);
    this.#firstValues = this.#places.map(() => chance.below(VALUES.length));
  }

  /** Places where a value goes. */
  get places(): number {
    return this.#places.length;
  }

  /** Each place with each value. */
  get length(): number {
    return this.#places.length * VALUES.length;
  }

  /** All places once, then all of them with another value, and so on: each begins with a value of its own. */
  at(number: number): Attempt {
    const index = number % this.#places.length;
    const round = Math.floor(number / this.#places.length);
    const place = this.#places[index];
    const value = VALUES[((this.#firstValues[index] ?? 0) + round) % VALUES.length];
    if (!place || !value) throw new Error('the schema has no arguments');
    return value.notation === 'json' ? byVariable(place, value.text) : byLiteral(place, value.text);
  }
}

function placesOf(schema: GraphQLSchema): readonly Place[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  } as const;
  const places: Place[] = [];
  for (const operation of ['query', 'mutation', 'subscription'] as const)
    for (const field of Object.values(roots[operation]?.getFields() ?? {})) {
      const selection = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
      for (const argument of field.args) {
        const others = field.args.filter((other) => other !== argument && isRequiredArgument(other));
        const walk = (path: readonly string[], types: readonly GraphQLInputType[]) => {
          places.push({ operation, field: field.name, selection, argument, others, path, types });
          const last = types.at(-1) ?? argument.type;
          const named = getNamedType(last);
          if (!isInputObjectType(named) || path.length > 4) return;
          for (const member of Object.values(named.getFields())) walk([...path, member.name], [...types, member.type]);
        };
        walk([], [argument.type]);
      }
    }
  return places;
}

function byVariable(place: Place, value: string): Attempt {
  const { operation, field, selection, argument, others } = place;
  const passed = [
    `${argument.name}: $v`,
    ...others.map((other) => `${other.name}: ${sampleOf(other.type, 'literal')}`),
  ];
  return {
    query: `${operation} ($v: ${String(argument.type)}) { ${field}(${passed.join(', ')}) ${selection} }`,
    variables: `{"v":${wrapped(place, value, 'json')}}`,
    isSubscription: operation === 'subscription',
  };
}

function byLiteral(place: Place, value: string): Attempt {
  const { operation, field, selection, argument, others } = place;
  const passed = [
    `${argument.name}: ${wrapped(place, value, 'literal')}`,
    ...others.map((other) => `${other.name}: ${sampleOf(other.type, 'literal')}`),
  ];
  return {
    query: `${operation} { ${field}(${passed.join(', ')}) ${selection} }`,
    variables: '{}',
    isSubscription: operation === 'subscription',
  };
}

type Notation = 'json' | 'literal';

/** The value at its place, with all that must stand beside it. */
function wrapped({ path, types }: Place, value: string, notation: Notation): string {
  let text = value;
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const holder = types[depth];
    const named = holder && getNamedType(holder);
    const name = path[depth] ?? '';
    if (!holder || !isInputObjectType(named)) continue;
    text = objectOf(Object.values(named.getFields()), notation, { name, text });
    if (isListed(holder)) text = `[${text}]`;
  }
  return text;
}

function isListed(type: GraphQLInputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function objectOf(
  members: readonly GraphQLInputField[],
  notation: Notation,
  given?: { readonly name: string; readonly text: string },
): string {
  const all = members
    .filter((member) => member.name !== given?.name && isRequiredInputField(member))
    .map((member) => ({ name: member.name, text: sampleOf(member.type, notation) }));
  const written = [...all, ...(given ? [given] : [])].map(
    ({ name, text }) => `${notation === 'json' ? JSON.stringify(name) : name}: ${text}`,
  );
  return `{${written.join(', ')}}`;
}

/** Something that a type takes, so that what stands beside it is looked at at all. */
function sampleOf(type: GraphQLInputType, notation: Notation): string {
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return `[${sampleOf(inner.ofType, notation)}]`;
  if (isInputObjectType(inner)) return objectOf(Object.values(inner.getFields()), notation);
  if (isEnumType(inner)) {
    const [first] = inner.getValues();
    return notation === 'json' ? JSON.stringify(first?.name) : (first?.name ?? 'null');
  }
  const samples: Readonly<Record<string, string>> = {
    Int: '1',
    Float: '1',
    Boolean: 'true',
    SafeInt: '1',
    String: '"BTCUSDT"',
    Decimal: '"1"',
    Address: `"0x${'0'.repeat(40)}"`,
    DateTime: '"2030-01-01T00:00:00.000Z"',
  };
  return samples[inner.name] ?? JSON.stringify(Buffer.from('Price:BTCUSDT|simulated').toString('base64url'));
}
