import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { SCOPED } from '../cohorts/question.ts';

/** What a field says of who may use it, where the plugin leaves it. */
interface Guarded {
  readonly pothosOptions?: { readonly authScopes?: unknown };
}

/** Scopes that all callers of a field share: its answers do not depend on who asks. */
const SHARED: ReadonlySet<string> = new Set(['open', 'anybody']);

/**
 * Closes the wall: a root field that does not say who may use it keeps the schema from being built, and whatever is not
 * for everybody is marked as scoped, so that its answers are never shared between callers.
 */
export function walled(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const scopes = scopesOf(field);
      if (scopes === null && roots.has(type))
        throw new Error(`${type.name}.${field.name} does not say who may use it: give it authScopes`);
      if (scopes?.some((scope) => !SHARED.has(scope))) field.extensions = { ...field.extensions, [SCOPED]: true };
    }
  }
  return schema;
}

/** Null where a field says nothing. */
export function scopesOf(field: GraphQLField<unknown, unknown>): readonly string[] | null {
  const scopes = (field.extensions as Guarded).pothosOptions?.authScopes;
  return scopes !== null && typeof scopes === 'object' ? Object.keys(scopes) : null;
}
