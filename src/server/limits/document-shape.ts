import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { Fragments } from '../../cohorts/root-field.ts';
import { comparisonsOf } from './field-pairs.ts';
import { LimitReached } from './refusals.ts';
import type { LimitSettings } from './settings.ts';

/** How large an operation is with its fragments written out. */
export interface OperationShape {
  /** Fields within fields; introspection counts as one, because it cannot be asked for less deeply. */
  readonly depth: number;
  readonly rootFields: number;
  /** All of them, those of introspection left out. */
  readonly fields: number;
  /** Those of introspection. */
  readonly introspected: number;
}

type ShapeLimits = Pick<
  LimitSettings,
  'maxAliases' | 'maxDirectives' | 'maxDepth' | 'maxRootFields' | 'maxFields' | 'maxComparisons'
>;

/** Meta fields whose answers come from the schema alone. */
const INTROSPECTION = new Set(['__schema', '__type']);

/** Most fields of introspection: the largest standard query has 229, and each may be answered for every type there is. */
const MAX_INTROSPECTED = 300;

const NOTHING: OperationShape = { depth: 0, rootFields: 0, fields: 0, introspected: 0 };

/**
 * Measures a document before anyone works on it: `validate` compares fields by pairs, and an execution visits a fragment
 * as often as it is spread. Each fragment is measured once, so this takes no longer than reading the document; one that
 * spreads itself is left to `validate`, which refuses it.
 * @throws LimitReached for the first limit that it is over.
 */
export function measured(
  document: DocumentNode,
  fragments: Fragments,
  limits: ShapeLimits,
): ReadonlyMap<OperationDefinitionNode, OperationShape> {
  let [aliases, directives] = [0, 0];
  const known = new Map<string, OperationShape>();
  const shapes = new Map<OperationDefinitionNode, OperationShape>();

  const ofFragment = (name: string): OperationShape => {
    const before = known.get(name);
    if (before) return before;
    // Stands for the fragment while it is measured: it may spread itself.
    known.set(name, NOTHING);
    const node = fragments.get(name);
    const shape = node ? ofSelection(node.selectionSet) : NOTHING;
    known.set(name, shape);
    return shape;
  };
  const ofSelection = ({ selections }: SelectionSetNode): OperationShape => {
    let [depth, rootFields, fields, introspected] = [0, 0, 0, 0];
    for (const node of selections) {
      directives += node.directives?.length ?? 0;
      if (node.kind === Kind.FIELD) {
        if (node.alias) aliases++;
        const below = node.selectionSet ? ofSelection(node.selectionSet) : NOTHING;
        const isMeta = INTROSPECTION.has(node.name.value);
        depth = Math.max(depth, isMeta ? 1 : below.depth + 1);
        rootFields++;
        fields += isMeta ? 1 : below.fields + 1;
        introspected += isMeta ? below.fields : below.introspected;
      } else {
        const shape = node.kind === Kind.INLINE_FRAGMENT ? ofSelection(node.selectionSet) : ofFragment(node.name.value);
        depth = Math.max(depth, shape.depth);
        rootFields += shape.rootFields;
        fields += shape.fields;
        introspected += shape.introspected;
      }
    }
    return { depth, rootFields, fields, introspected };
  };

  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) ofFragment(node.name.value);
    else if (node.kind === Kind.OPERATION_DEFINITION) shapes.set(node, ofSelection(node.selectionSet));
    else continue;
    directives += node.directives?.length ?? 0;
    for (const variable of node.variableDefinitions ?? []) directives += variable.directives?.length ?? 0;
  }
  bound('aliases', aliases, limits.maxAliases);
  bound('directives', directives, limits.maxDirectives);
  for (const { depth, rootFields, fields } of shapes.values()) {
    bound('depth', depth, limits.maxDepth);
    bound('rootFields', rootFields, limits.maxRootFields);
    bound('fields', fields, limits.maxFields);
  }
  // `validate` looks at fragments that nobody spreads as well.
  for (const { fields } of known.values()) bound('fields', fields, limits.maxFields);
  for (const { introspected } of shapes.values()) bound('fields', introspected, MAX_INTROSPECTED);
  bound('comparisons', comparisonsOf(document, fragments), limits.maxComparisons);
  return shapes;
}

type ShapeLimit = 'aliases' | 'directives' | 'depth' | 'rootFields' | 'fields' | 'comparisons';

function bound(name: ShapeLimit, asked: number, limit: number): void {
  if (asked > limit) throw new LimitReached(name, limit, { asked });
}
