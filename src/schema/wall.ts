import { type GraphQLField, type GraphQLNamedType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { SCOPED } from '../cohorts/question.ts';
import type { Context } from './context.ts';
import { may, refusal, type Scope } from './scopes.ts';

const SCOPES: readonly string[] = ['open', 'public', 'mixed', 'owner', 'operator'] satisfies readonly Scope[];

type Field = GraphQLField<unknown, Context>;

/** What a field or a type was declared with, where the builder leaves it. */
interface Declared {
  readonly pothosOptions?: { readonly authScopes?: unknown };
}

/**
 * Lets no schema out in which a field of a root type does not declare whose it is, and marks every field that does not
 * declare itself public, at whatever depth, as one whose answer depends on who asks: so its answers are never shared
 * between callers, whoever forgets. A mutation of what is the owner's needs the permission to write.
 * @throws Error at the start of the process, naming the field.
 */
export function walled(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set<GraphQLNamedType | null | undefined>([
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    const ofAll = (type.extensions as Declared).pothosOptions?.authScopes;
    for (const field of Object.values(type.getFields())) {
      const own = (field.extensions as Declared).pothosOptions?.authScopes;
      if (roots.has(type)) guard(type.name, field, own, type === schema.getMutationType());
      else if (own !== undefined || ofAll !== undefined) mark(field);
    }
  }
  return schema;
}

function guard(type: string, field: Field, declared: unknown, mutates: boolean): void {
  const [scope, ...more] = Object.entries(declared ?? {}).flatMap(([name, wanted]) => (wanted === true ? [name] : []));
  if (scope === undefined || more.length > 0 || !SCOPES.includes(scope) || typeof declared === 'function')
    throw new Error(
      `${type}.${field.name} must declare whose it is: authScopes with one of ${SCOPES.join(', ')}: true`,
    );
  if (scope === 'public' || scope === 'open') return;
  mark(field);
  const { resolve } = field;
  if (!mutates || !resolve) return;
  field.resolve = (parent, args, context, info) => {
    if (!may(context, 'write')) throw refusal(context);
    return resolve(parent, args, context, info);
  };
}

function mark(field: Field): void {
  field.extensions = { ...field.extensions, [SCOPED]: true };
}
