import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, type DocumentNode, Kind, parse, print, validate } from 'graphql';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { graphcacheKeys } from '../../src/client/cache.ts';
import { createTidewire } from '../../src/client/client.ts';
import { eventFields } from '../../src/client/generated/cache-facts.ts';
import * as documents from '../../src/client/generated/graphql.ts';
import { resumable } from '../../src/client/resumable.ts';
import { readManifest } from '../../src/server/documents/manifest.ts';
import { book, price } from '../support/market.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { resumingExam, socketUrl } from '../support/resuming.ts';
import { eventually, testServer } from '../support/server.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const text = readFileSync('src/client/generated/persisted-documents.json', 'utf8');

describe('the documents of the package', () => {
  test('each is good, and needs nothing added to resume', () => {
    const operations = (Object.values(documents) as DocumentNode[]).filter(({ definitions }) =>
      definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION),
    );
    const fields = operations.map((document) => {
      const plain = print(document);
      expect(validate(schema, parse(plain))).toEqual([]);
      expect(resumable(plain).query).toBe(plain);
      const { definitions } = document;
      const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const [root] = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : [];
      return root?.kind === Kind.FIELD ? root.name.value : null;
    });
    const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
    expect([...new Set(fields)].toSorted()).toEqual(subscriptions.toSorted());
    expect(subscriptions).toEqual(expect.arrayContaining([...eventFields]));
  });

  test('its manifest names each by the hash of its text', () => {
    for (const [hash, document] of readManifest(text))
      expect(createHash('sha256').update(document).digest('hex')).toBe(hash);
  });

  test('run and resume by their hashes where nothing else may run', async () => {
    const { url, bus } = await testServer({ documents: { trustedOnly: true, manifest: readManifest(text) } });
    const proxy = await CuttableProxy.to(url);
    const tidewire = createTidewire({ url: socketUrl(proxy.url), trustedDocuments: true });
    onTestFinished(() => tidewire.close());
    const ids: string[] = [];
    const { status } = tidewire.subscribe(documents.TradesDocument, { symbols: ['A'] }, ({ trades }) =>
      ids.push(trades.tradeId),
    );
    await resumingExam(bus, proxy, ids, () => status.value === 'live');
    expect(() => tidewire.subscribe('subscription { trades { price } }', {}, () => undefined)).toThrow('has no hash');
  });
});

test('Graphcache is told how to keep every type: it warns of none', async () => {
  const { url, bus } = await testServer();
  await bus.publishState(topics.orderbook, book('A', [['1', '1']], [['2', '1']]));
  await bus.publishState(topics.prices, price('A', '1'));
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  onTestFinished(() => warned.mockRestore());
  const urql = new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    exchanges: [cacheExchange({ keys: graphcacheKeys() }), fetchExchange],
  });
  const query = `{ orderbook(symbol: "A", source: "test") { id bids { price size } asks { price size } }
    prices { id price market { id symbol } } systemStatus { id components { name status } } }`;
  const { data, error } = await urql.query(query, {}).toPromise();
  expect(error).toBeUndefined();
  expect(data).toMatchObject({ orderbook: { bids: [{ price: '1' }] } });
  await eventually('it is answered from the cache', () => urql.readQuery(query, {})?.data !== undefined);
  expect(warned.mock.calls).toEqual([]);
});
