// A plugin of codegen: what a client's cache and its resuming have to know of the schema, as data (CONTRACT of ids: a type
// with `id` is an entity, a type without is a value that is replaced whole).
import { type GraphQLObjectType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';

export function plugin(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const objects = types.filter(isObjectType).filter((type) => !roots.includes(type));
  const possibleTypes = Object.fromEntries(
    types.filter(isInterfaceType).map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
  const has = (field: string) => (type: GraphQLObjectType) => field in type.getFields();
  const named = (list: readonly GraphQLObjectType[]) => list.map(({ name }) => name);
  const entities = objects.filter(has('id'));
  const facts = {
    eventFields: [
      'Fields of Subscription whose every event counts: they resume by cursor.',
      Object.values(schema.getSubscriptionType()?.getFields() ?? {})
        .filter(({ args }) => args.some(({ name }) => name === 'after'))
        .map(({ name }) => name),
    ],
    possibleTypes: ['The types of each interface.', possibleTypes],
    valueTypes: [
      'Types without an id: values, which are replaced whole.',
      named(objects.filter((type) => !has('id')(type))),
    ],
    versioned: ['Entities of which the higher `version` is true.', named(entities.filter(has('version')))],
    sequenced: ['Entities of which the higher `sequence` is true.', named(entities.filter(has('sequence')))],
  } as const;
  const typeOf = (value: unknown) =>
    Array.isArray(value) ? 'readonly string[]' : 'Readonly<Record<string, readonly string[]>>';
  return Object.entries(facts)
    .map(
      ([name, [comment, value]]) =>
        `/** ${comment} */\nexport const ${name}: ${typeOf(value)} = ${JSON.stringify(value, null, 2)};\n`,
    )
    .join('\n');
}
