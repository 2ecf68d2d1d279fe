import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { documentOf, inlineOperation, type Variables } from './inline.ts';
import { type Fragments, rootField } from './root-field.ts';
import { Variant } from './update.ts';

/** What is asked: everything that shapes the content of an answer, and nothing that only chooses which answers come. */
export interface Question {
  /** Two subscriptions with equal keys get the same bytes, where they are not scoped or of one scope. */
  readonly key: string;
  /** Whether anything that is selected, at any depth, depends on who asks. */
  readonly scoped: boolean;
  /** The operation to execute for each update: no variables, no fragments, no predicate arguments. */
  readonly document: DocumentNode;
  /** The {@link Variant} flags that can show in an answer: others need no encoding of their own. */
  readonly variants: number;
  /** Whether the number of folded updates can show in an answer. */
  readonly showsConflated: boolean;
}

/** Member of the `extensions` of a field whose answer depends on who asks. */
export const SCOPED = 'scoped';

/** Fields of a payload that differ between members, and the variants that they tell apart. */
const VARIANT_FIELDS: ReadonlyMap<string, number> = new Map([
  ['snapshot', Variant.SNAPSHOT],
  ['matches', Variant.LEAVING],
  ['replayed', Variant.REPLAYED],
]);

/**
 * Reads the question out of an operation.
 * @param predicates paths of root arguments that only choose frames (`filter.symbols`, `after`).
 */
export function questionOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Variables,
  predicates: readonly string[],
): Question {
  const inlined = inlineOperation(schema, operation, fragments, variables);
  const root = rootField(inlined, new Map());
  const field = schema.getSubscriptionType()?.getFields()[root.name];
  const [node] = root.nodes;
  if (!field || !node) throw new Error(`no subscription field ${root.name}`);
  const stripped = mapRoot(inlined, root.nodes, (argument) =>
    withoutPredicates(argument.value, argument.name.value, predicates),
  );
  const projections = projectionsOf(getArgumentValues(field, node), predicates);
  const bare = mapRoot(inlined, root.nodes, () => null);
  const { name: _, ...anonymous } = bare;
  let variants = 0;
  let showsConflated = false;
  let scoped = false;
  const types = new TypeInfo(schema);
  const look = visitWithTypeInfo(types, {
    Field: (selected) => {
      variants |= VARIANT_FIELDS.get(selected.name.value) ?? 0;
      showsConflated ||= selected.name.value === 'conflated';
      scoped ||= types.getFieldDef()?.extensions[SCOPED] === true;
    },
  });
  visit(inlined, look);
  return {
    scoped,
    key: [canonicalJson(projections), print({ ...anonymous, kind: Kind.OPERATION_DEFINITION })].join('\n'),
    document: documentOf(stripped),
    variants,
    showsConflated,
  };
}

/** JSON with the members of every object in the order of their names. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

type Argument = NonNullable<FieldNode['arguments']>[number];

function mapRoot(
  operation: OperationDefinitionNode,
  nodes: readonly FieldNode[],
  change: (argument: Argument) => ValueNode | null,
): OperationDefinitionNode {
  return visit(operation, {
    Field: (node) => {
      if (!nodes.includes(node)) return undefined;
      const kept = (node.arguments ?? []).flatMap((argument) => {
        const value = change(argument);
        return value === null ? [] : [{ ...argument, value }];
      });
      return { ...node, arguments: kept };
    },
  });
}

/** The literal without the members that are predicates; null when all of it is. */
function withoutPredicates(value: ValueNode, path: string, predicates: readonly string[]): ValueNode | null {
  if (predicates.includes(path)) return null;
  if (value.kind !== Kind.OBJECT || !predicates.some((predicate) => predicate.startsWith(`${path}.`))) return value;
  const fields = value.fields.flatMap((field) => {
    const kept = withoutPredicates(field.value, `${path}.${field.name.value}`, predicates);
    return kept === null ? [] : [{ ...field, value: kept }];
  });
  return { ...value, fields };
}

function projectionsOf(args: Variables, predicates: readonly string[], prefix = ''): Variables {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const path = `${prefix}${name}`;
    if (predicates.includes(path)) continue;
    const deeper = predicates.some((predicate) => predicate.startsWith(`${path}.`));
    if (deeper && value !== null && typeof value === 'object')
      kept[name] = projectionsOf(value as Variables, predicates, `${path}.`);
    else if (value !== null && value !== undefined) kept[name] = value;
  }
  return kept;
}
