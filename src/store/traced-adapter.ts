import type { PrismaPg } from '@prisma/adapter-pg';
import { tracedWithin } from '../lib/tracing.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Queries = Pick<Adapter, 'queryRaw' | 'executeRaw'>;

/** Longest text of a statement in a span, characters: those that write many rows repeat themselves. */
const MAX_TEXT = 1_000;

/** The verb, and the first table of ours: they are the quoted names that begin with a capital. */
const VERB = /^\s*(\w+)/;
const TABLE = /"([A-Z]\w+)"/;

/** Has each statement told as a part of what asked for it. Values are bound, and so are never in its text. */
export function tracedAdapter(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory);
  return Object.assign(factory, {
    connect: async () => {
      const adapter = tracedQueries(await connect());
      const begin = adapter.startTransaction.bind(adapter);
      return Object.assign(adapter, {
        startTransaction: async (...options: Parameters<typeof begin>) => tracedQueries(await begin(...options)),
      });
    },
  });
}

function tracedQueries<Q extends Queries>(queries: Q): Q {
  const [queryRaw, executeRaw] = [queries.queryRaw.bind(queries), queries.executeRaw.bind(queries)];
  return Object.assign(queries, {
    queryRaw: (query: Parameters<typeof queryRaw>[0]) => tracedStatement(query.sql, () => queryRaw(query)),
    executeRaw: (query: Parameters<typeof executeRaw>[0]) => tracedStatement(query.sql, () => executeRaw(query)),
  });
}

/** A statement as a part of what asked for it. */
export function tracedStatement<T>(text: string, send: () => Promise<T>): Promise<T> {
  const [, verb = 'SQL'] = VERB.exec(text) ?? [];
  const [, table = null] = TABLE.exec(text) ?? [];
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': verb.toUpperCase(),
    'db.query.text': text.slice(0, MAX_TEXT),
    ...(table !== null && { 'db.collection.name': table }),
  };
  const name = `${verb.toUpperCase()} ${table ?? ''}`.trim();
  return tracedWithin(name, { kind: 'client', attributes }, send);
}
