import { expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { readConfig } from '../../src/main/config.ts';
import { tradingWorks } from '../../src/main/trading-workers.ts';
import { isOfShare } from '../../src/model/owner-share.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { BinanceAccount } from '../support/binance-account.ts';
import { ALICE } from '../support/owner-schema.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, silentLog } from '../support/server.ts';

const leases = (environment: Readonly<Record<string, string>>) =>
  tradingWorks(readConfig(environment)).map(({ lease }) => lease);

test('orders and bots are a piece each, or as many as the owners are dealt out to', () => {
  expect(leases({})).toEqual(['trading', 'bots']);
  expect(leases({ TRADING_SHARDS: '2' })).toEqual(['trading:1/2', 'trading:2/2', 'bots:1/2', 'bots:2/2']);
  for (const count of ['0', '65', '1.5', 'x'])
    expect(() => leases({ TRADING_SHARDS: count })).toThrow(/TRADING_SHARDS/);
});

test('a real account is followed by the worker that has its owner, and by it alone', async () => {
  const venue = await BinanceAccount.start();
  onTestFinished(() => venue.close());
  const config = readConfig({
    TRADING_SHARDS: '3',
    BINANCE_ACCOUNT_OWNER: ALICE,
    BINANCE_API_KEY: venue.key.apiKey,
    BINANCE_API_SECRET: venue.key.secret,
    BINANCE_WS_API_URL: venue.url,
  });
  const database = await freshDatabase();
  const parts = { clock: systemClock, log: silentLog };
  const bus = createMemoryBus(parts);
  onTestFinished(() => bus.close());
  const archive = new ArchiveWriter(database, systemClock, silentLog);
  onTestFinished(() => archive.close());
  for (const { lease, share, workers } of tradingWorks(config).filter(({ lease: one }) => one.startsWith('trading'))) {
    const before = venue.connected;
    const [worker] = workers({ ...parts, config, bus, database, archive, onEnd: () => undefined });
    onTestFinished(() => worker?.stop());
    worker?.start();
    // One that follows it is not well before it hears it.
    await eventually(`${lease} is well`, () => worker?.health().status === 'HEALTHY');
    expect([lease, venue.connected - before]).toEqual([lease, share && isOfShare(share, ALICE) ? 1 : 0]);
  }
  expect(venue.subscribers).toBe(1);
});
