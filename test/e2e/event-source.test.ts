import { expect, onTestFinished, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { hasBrowser, launchBrowser } from '../support/browser.ts';
import { trade } from '../support/market.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { eventually, testServer } from '../support/server.ts';

test.skipIf(!hasBrowser)(
  'an EventSource that is cut resumes by itself, without loss or repetition (skipped where there is no browser)',
  async () => {
    const { url, bus, status } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${proxy.url}/health/live`);
    const query = 'subscription { trades(filter: {symbols: ["A"]}) { tradeId replayed } }';
    await page.evaluate(
      (address) => {
        const seen: unknown[] = [];
        Object.assign(globalThis, { seen });
        const source = new EventSource(address);
        source.addEventListener('next', ({ data }) => seen.push(JSON.parse(data).data.trades));
      },
      `/graphql?${new URLSearchParams({ query })}`,
    );
    const seen = () => page.evaluate('seen') as Promise<{ tradeId: string; replayed: boolean }[]>;
    const publish = async (symbol: string, ids: readonly number[]) => {
      for (const id of ids) await bus.publishEvent(topics.trades, trade(symbol, id));
    };
    const isGone = async () => (await status())['questions'] === 0;

    // Cut before the first event: it has only been told where it stands.
    await eventually('it has been told', () => proxy.passed.includes('\nid: '));
    proxy.cut();
    await eventually('it is cut', isGone);
    await publish('A', [1, 2]);
    proxy.mend();
    await expect.poll(seen, { timeout: 20_000 }).toHaveLength(2);
    await publish('A', [3]);
    await publish('B', [4]);
    await expect.poll(seen, { timeout: 20_000 }).toHaveLength(3);

    // Cut in the middle of events.
    const publishing = publish('A', [5, 6, 7, 8]);
    proxy.cut();
    await publishing;
    await eventually('it is cut', isGone);
    await publish('A', [9]);
    proxy.mend();
    await expect.poll(seen, { timeout: 20_000 }).toHaveLength(8);
    await publish('A', [10]);
    await expect.poll(seen, { timeout: 20_000 }).toHaveLength(9);

    expect((await seen()).map(({ tradeId }) => tradeId)).toEqual(['1', '2', '3', '5', '6', '7', '8', '9', '10']);
    expect((await seen()).at(0)?.replayed).toBe(true);
    expect(proxy.joined).toBeGreaterThan(2);
  },
);
