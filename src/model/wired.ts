/** A noun as it travels: JSON has no integers of any size, so they go as decimal text. */
export type Wired<T> = T extends bigint
  ? string
  : T extends string
    ? T
    : T extends readonly (infer M)[]
      ? readonly Wired<M>[]
      : T extends object
        ? { readonly [K in keyof T]: Wired<T[K]> }
        : T;

export function wired<T>(value: T): Wired<T> {
  return travelling(value) as Wired<T>;
}

function travelling(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(travelling);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, travelling(member)]));
}
