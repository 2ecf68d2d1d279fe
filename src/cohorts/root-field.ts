import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ApiError } from '../lib/errors.ts';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The one field that a subscription selects: its nodes (the same field may stand there more than once). */
export interface RootField {
  readonly name: string;
  readonly nodes: readonly FieldNode[];
}

/** Directives that could make the root selection depend on something: it must not. */
const CONDITIONAL = new Set(['skip', 'include', 'defer', 'stream']);

/**
 * Finds the root field of a subscription through aliases and fragments, and refuses root selections that no event could
 * answer. To be called before graphql-js' `validate`, which throws on a conditional root selection instead of returning
 * an error (16.15).
 * @throws ApiError `GRAPHQL_VALIDATION_FAILED`, naming the rule.
 */
export function rootField(operation: OperationDefinitionNode, fragments: Fragments): RootField {
  const nodes: FieldNode[] = [];
  collect(operation.selectionSet, fragments, new Set(), nodes);
  const [first] = nodes;
  if (!first) throw refused('selects a field');
  if (nodes.some((node) => node.name.value.startsWith('__')))
    throw refused('selects no introspection field at its root');
  const responseKey = (node: FieldNode) => (node.alias ?? node.name).value;
  if (nodes.some((node) => responseKey(node) !== responseKey(first) || node.name.value !== first.name.value))
    throw refused('selects exactly one field at its root; subscribe twice instead');
  return { name: first.name.value, nodes };
}

function collect(set: SelectionSetNode, fragments: Fragments, seen: Set<string>, into: FieldNode[]): void {
  for (const selection of set.selections) {
    const conditional = selection.directives?.find((directive) => CONDITIONAL.has(directive.name.value));
    if (conditional) throw refused(`has no @${conditional.name.value} in its root selection`);
    if (selection.kind === Kind.FIELD) into.push(selection);
    else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, fragments, seen, into);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment) collect(fragment.selectionSet, fragments, seen, into);
    }
  }
}

function refused(rule: string): ApiError {
  return new ApiError('GRAPHQL_VALIDATION_FAILED', `A subscription ${rule}.`);
}
