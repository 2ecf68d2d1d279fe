import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createTidewire } from '../../src/client/client.ts';
import { bundle } from '../support/bundle.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { socketUrl } from '../support/resuming.ts';
import { startRole } from '../support/role.ts';
import { WireClient } from '../support/wire-client.ts';

const CHROMIUM = '/usr/bin/chromium';

const TRADES = 'subscription { trades(filter: {symbols: ["BTCUSDT", "ETHUSDT"]}) { symbol tradeId cursor } }';

interface Seen {
  readonly trades: { readonly symbol: string; readonly tradeId: string; readonly cursor: string };
}

const nameOf = ({ trades }: Seen) => `${trades.symbol} ${trades.tradeId}`;

/** Everything in the stream after a cursor, as a reader sees it who was never cut; up to `last`. */
async function allAfter(url: string, cursor: string, last: string): Promise<readonly string[]> {
  const client = await WireClient.connect(url);
  client.subscribe('all', TRADES.replace('filter:', `after: "${cursor}", filter:`));
  const names: string[] = [];
  while (names.at(-1) !== last) names.push(nameOf(await client.next<Seen>('all')));
  await client.close();
  return names;
}

test.skipIf(!existsSync(CHROMIUM))(
  `in Node and in a browser nothing is lost and nothing comes twice while the server is killed and the network cut (skipped where there is no ${CHROMIUM})`,
  async () => {
    const environment = {
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: randomUUID(),
      DATABASE_URL: await migratedDatabaseUrl(),
    };
    // The one that takes over stands ready: what is tested is how clients come back, not how a process starts.
    const [api, successor, , browser, { code }] = await Promise.all([
      startRole('api', environment),
      startRole('api', environment),
      startRole('worker', environment),
      chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] }),
      bundle(`
        import { createTidewire } from 'tidewire-client';
        globalThis.follow = (url) => {
          const tidewire = createTidewire({ url });
          globalThis.seen = [];
          globalThis.restarts = [];
          tidewire.onRestart((restart) => globalThis.restarts.push(restart));
          tidewire.subscribe(${JSON.stringify(TRADES)}, {}, (data) => globalThis.seen.push(data));
        };
      `),
    ]);
    onTestFinished(() => browser.close());
    const proxy = await CuttableProxy.to(api.url);

    const seen: Seen[] = [];
    const tidewire = createTidewire({ url: socketUrl(proxy.url) });
    onTestFinished(() => tidewire.close());
    const restarts: unknown[] = [];
    tidewire.onRestart((restart) => restarts.push(restart));
    tidewire.subscribe<Seen>(TRADES, {}, (data) => seen.push(data));

    const page = await browser.newPage();
    await page.goto(`${api.url}/health/live`);
    await page.evaluate(code);
    await page.evaluate(`follow(${JSON.stringify(socketUrl(proxy.url))})`);
    const seenThere = () => page.evaluate('seen') as Promise<Seen[]>;
    const bothGetMore = async (more: number) => {
      const [here, there] = [seen.length, (await seenThere()).length];
      // While a server is away for long its clients ask for it twice a minute.
      await expect
        .poll(async () => Math.min(seen.length - here, (await seenThere()).length - there), { timeout: 120_000 })
        .toBeGreaterThanOrEqual(more);
    };

    await bothGetMore(5);
    proxy.cut();
    proxy.mend();
    await bothGetMore(5);
    const { joined } = proxy;
    await api.end('SIGKILL');
    // Each has tried in vain before there is a server again.
    await expect.poll(() => proxy.joined, { timeout: 120_000 }).toBeGreaterThanOrEqual(joined + 2);
    proxy.mend(successor.url);
    await bothGetMore(5);
    proxy.cut();
    proxy.mend();
    await bothGetMore(5);
    expect([restarts, await page.evaluate('restarts')]).toEqual([[], []]);
    for (const list of [[...seen], await seenThere()]) {
      const cursor = list[0]?.trades.cursor ?? '';
      const names = list.map(nameOf);
      expect(names).toEqual([names[0], ...(await allAfter(successor.url, cursor, names.at(-1) ?? ''))]);
    }
  },
  // Three processes and a browser start, on whatever else the machine is doing.
  300_000,
);
