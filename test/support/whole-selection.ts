import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/**
 * Everything that can be selected of a type without arguments that must be given, to a depth; a type is not entered again below
 * itself, and no connection below the first.
 */
export function wholeSelection(schema: GraphQLSchema, type: GraphQLCompositeType, depth: number): string {
  return selectionOf(schema, type, depth, [type.name]);
}

function selectionOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  depth: number,
  within: readonly string[],
): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    const kinds = isUnionType(type) ? type.getTypes() : schema.getImplementations(type).objects;
    const parts = kinds.map(
      (kind) => `... on ${kind.name} ${selectionOf(schema, kind, depth, [...within, kind.name])}`,
    );
    return `{ __typename ${parts.join(' ')} }`;
  }
  const parts: string[] = ['__typename'];
  for (const field of Object.values(isObjectType(type) ? type.getFields() : {})) {
    if (field.args.some(isRequiredArgument)) continue;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) parts.push(field.name);
    else if (depth > 1 && !within.includes(named.name) && !named.name.endsWith('Connection'))
      parts.push(`${field.name} ${selectionOf(schema, named, depth - 1, [...within, named.name])}`);
  }
  return `{ ${parts.join(' ')} }`;
}
