import { type GraphQLObjectType, type GraphQLSchema, isInterfaceType } from 'graphql';

/** One notation of an id everywhere: base64url, so that it can stand in a URL as it is. */
export function globalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** How a type says what its id is made of, where the relay plugin leaves it. */
interface NodeOptions {
  readonly pothosOptions?: { readonly id?: { readonly resolve?: (value: unknown) => unknown } };
}

/**
 * Lets ids be answered at once. The plugin's own resolver of `id` is an async function, whatever it is given: so every
 * answer with an id in it, which is every answer that a normalising cache asks for, would come a few turns of promises
 * after its update, be folded with the next one, and cost nearly twice as much.
 */
export function answerIdsAtOnce(schema: GraphQLSchema): GraphQLSchema {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('the schema has no Node');
  for (const type of schema.getImplementations(node).objects) answerIdAtOnce(type);
  return schema;
}

function answerIdAtOnce(type: GraphQLObjectType): void {
  const resolve = (type.extensions as NodeOptions).pothosOptions?.id?.resolve;
  const { id } = type.getFields();
  if (!resolve || !id) throw new Error(`${type.name} does not say what its id is made of`);
  id.resolve = (value) => {
    const own = resolve(value);
    if (own instanceof Promise) throw new Error(`the id of ${type.name} must be known at once`);
    return globalId(type.name, String(own));
  };
}
