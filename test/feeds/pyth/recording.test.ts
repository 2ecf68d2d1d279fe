import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EventStreamReader } from '../../../src/feeds/pyth/event-stream.ts';
import { mapUpdate } from '../../../src/feeds/pyth/mapper.ts';
import { priceId } from '../../../src/feeds/pyth/symbols.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { RECORDINGS_DIR } from '../../support/recording.ts';

const FOLDER = join(RECORDINGS_DIR, 'pyth');
const isHere = existsSync(FOLDER);
const BTC = 'e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43';

const text = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

test.skipIf(!isHere)('a recorded stream is two prices, to the last digit', () => {
  // As a network brings it: in pieces.
  const reader = new EventStreamReader();
  const pieces = text('hermes_stream.sse.txt').match(/[\s\S]{1,1400}/g) ?? [];
  const prices = pieces.flatMap((piece) => reader.read(piece)).flatMap(({ data }) => mapUpdate(data)?.prices ?? []);
  expect(prices).toEqual([
    { id: BTC, price: '61632.6', confidence: '32.68548079', emaPrice: '61300.988', publishedAt: 1_714_748_300_000 },
    { id: BTC, price: '61630.88', confidence: '33.08129843', emaPrice: '61301.03', publishedAt: 1_714_748_301_000 },
  ]);
});

test.skipIf(!isHere)('a recorded answer with the latest prices is read whole', () => {
  const { prices = [], unreadable } = mapUpdate(text('hermes_latest_response.json')) ?? {};
  expect(unreadable).toBe(0);
  expect(prices.map(({ price, confidence }) => [price, confidence])).toEqual([
    ['61409.93501', '32.87868567'],
    ['0.04959503', '0.00005465'],
  ]);
});

test.skipIf(!isHere)('prices decoded from recorded signed updates are what their mantissas say', () => {
  interface Decoded {
    readonly id: string;
    readonly price: { readonly price: string; readonly conf: string; readonly expo: number };
  }
  const rows = text('accumulator_updates.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { decoded?: { updates?: Decoded[] } }).decoded?.updates ?? [])
    .filter(({ price }) => price !== undefined);
  expect(rows.length).toBeGreaterThan(16);
  let shares = 0;
  for (const row of rows) {
    const { prices = [] } = mapUpdate(JSON.stringify({ parsed: [row] })) ?? {};
    if (!/^[1-9]\d*$/.test(row.price.price)) expect(prices).toEqual([]);
    else {
      const { price, conf, expo } = row.price;
      expect(prices[0]).toMatchObject({ price: decimal(`${price}e${expo}`), confidence: decimal(`${conf}e${expo}`) });
      if (expo === -5) shares++;
    }
  }
  expect(shares).toBeGreaterThan(0);
});

test.skipIf(!isHere)('recorded ids of price feeds are ids', () => {
  const feeds = JSON.parse(text('price_feed_ids.json')) as readonly { readonly id: string }[];
  expect(feeds).toHaveLength(186);
  expect(feeds.filter(({ id }) => priceId(id) !== id)).toEqual([]);
});
