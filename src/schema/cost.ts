/** What Pothos' complexity plugin takes: a field's own cost, and how often what is selected below it counts. */
interface FieldCost {
  readonly field: number;
  readonly multiplier: number;
}

/** How many values a list that nothing bounds counts for: about as many instruments as a running system gives. */
export const UNBOUNDED = 100;

/** What reading the past to its end counts for: it is done for whoever asks for an event that may not be there. */
export const WHOLE_PAST = 500;

/** The cost of a list of at most so many: what is selected of one counts for each. */
export function perItem(count: number, field = 1): FieldCost {
  return { field, multiplier: Math.max(1, count) };
}

/** An id as the relay plugin reads it. */
interface NodeId {
  readonly typename: string;
  readonly id: string;
}

const nodeCosts = new Map<string, (key: string) => number>();

/** Says what an entity costs that is asked for by its id, where that is more than 1. */
export function priceNode(typename: string, costOf: (key: string) => number): void {
  nodeCosts.set(typename, costOf);
}

/** The cost of fetching these by their ids. */
export function perNode(ids: readonly (NodeId | null | undefined)[]): FieldCost {
  const fetching = ids.map((node) => (node ? (nodeCosts.get(node.typename)?.(node.id) ?? 1) : 0));
  return perItem(
    ids.length,
    fetching.reduce((sum, cost) => sum + cost, 0),
  );
}
