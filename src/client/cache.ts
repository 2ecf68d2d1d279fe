import { possibleTypes as generated, valueTypes } from './generated/cache-facts.ts';

/** `possibleTypes` of Apollo's InMemoryCache. */
export const possibleTypes = generated as Readonly<Record<string, string[]>>;

/** `typePolicies` of Apollo's InMemoryCache: a type without `id` is a value, and is replaced whole. */
export function typePolicies(): Record<string, { keyFields: false; merge: false }> {
  return Object.fromEntries(valueTypes.map((name) => [name, { keyFields: false, merge: false }]));
}

/** `keys` of Graphcache: a type without `id` is a value, and stands where it is. */
export function graphcacheKeys(): Record<string, () => null> {
  return Object.fromEntries(valueTypes.map((name) => [name, () => null]));
}
