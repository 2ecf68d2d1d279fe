import {
  type ConstValueNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  visit,
} from 'graphql';
import type { Fragments } from './root-field.ts';

/** Raw variable values, as the client sent them. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * The operation with its fragments and variables written out, so that two documents that ask the same thing in other
 * words come out alike, and the result can be executed without anyone's variables. The document must be valid and the
 * variables must have been coerced without error.
 */
export function inlineOperation(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Variables,
): OperationDefinitionNode {
  const values = new Map<string, ConstValueNode>();
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type) as GraphQLInputType;
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (given !== undefined) values.set(name, literal(given, type));
    else if (definition.defaultValue) values.set(name, definition.defaultValue);
  }
  return visit(operation, {
    VariableDefinition: () => null,
    FragmentSpread: (spread) => {
      const fragment = fragments.get(spread.name.value);
      if (!fragment) return undefined;
      return {
        kind: Kind.INLINE_FRAGMENT,
        typeCondition: fragment.typeCondition,
        directives: spread.directives ?? [],
        selectionSet: fragment.selectionSet,
      };
    },
    Argument: (argument) => (isAbsent(argument.value, values) ? null : undefined),
    ObjectField: (field) => (isAbsent(field.value, values) ? null : undefined),
    Variable: (variable): ValueNode => values.get(variable.name.value) ?? { kind: Kind.NULL },
  });
}

/** A document that holds nothing but this operation. */
export function documentOf(operation: OperationDefinitionNode): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: [operation] };
}

function isAbsent(value: ValueNode, values: ReadonlyMap<string, ConstValueNode>): boolean {
  return value.kind === Kind.VARIABLE && !values.has(value.name.value);
}

/** The literal that means the same as a raw variable value. */
function literal(value: unknown, type: GraphQLInputType): ConstValueNode {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (value === null || value === undefined) return { kind: Kind.NULL };
  if (isListType(type)) {
    const items = Array.isArray(value) ? value : [value];
    return { kind: Kind.LIST, values: items.map((item) => literal(item, type.ofType)) };
  }
  if (isInputObjectType(type)) {
    const given = value as Variables;
    const present = Object.values(type.getFields()).filter((field) => given[field.name] !== undefined);
    return {
      kind: Kind.OBJECT,
      fields: present.map((field) => ({
        kind: Kind.OBJECT_FIELD,
        name: { kind: Kind.NAME, value: field.name },
        value: literal(given[field.name], field.type),
      })),
    };
  }
  if (isEnumType(type)) return { kind: Kind.ENUM, value: String(value) };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value !== 'number') return { kind: Kind.STRING, value: String(value) };
  return Number.isInteger(value)
    ? { kind: Kind.INT, value: String(BigInt(value)) }
    : { kind: Kind.FLOAT, value: String(value) };
}
