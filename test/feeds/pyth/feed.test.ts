import { afterEach, describe, expect, it } from 'vitest';
import { createPythFeed, type PythFeedOptions } from '../../../src/feeds/pyth/feed.ts';
import { ApiError } from '../../../src/lib/errors.ts';
import { createLog } from '../../../src/lib/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { idOf, PythOracle } from '../../support/pyth-oracle.ts';
import { listen } from '../../support/recorded-feed.ts';
import { quietly, until } from '../../support/until.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A Friday, ten minutes before New York opens. */
const START = Date.parse('2026-01-02T14:20:00Z');
const BTC = 'Crypto.BTC/USD';
const AAPL = 'Equity.US.AAPL/USD';
const NO_KEY = { apiKey: null, priceIds: new Map<string, string>() };

async function open(
  symbols: readonly string[] = ['BTCUSD', 'AAPL'],
  pyth: PythFeedOptions['pyth'] = NO_KEY,
  prepare?: (oracle: PythOracle) => void,
) {
  const clock = new FakeClock(START);
  const oracle = await PythOracle.start({ names: [BTC, AAPL], clock });
  prepare?.(oracle);
  const lines: string[] = [];
  const log = createLog('trace', { write: (line: string) => lines.push(line) });
  const feed = createPythFeed({ symbols, urls: { pythHermes: `${oracle.url}/` }, pyth, clock, log, random: () => 0 });
  const heard = listen(feed);
  ends.push(async () => {
    await feed.stop();
    expect(clock.pending).toBe(0);
    await oracle.close();
  });
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await quietly();
  };
  /** Goes on second by second. */
  const live = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      oracle.step();
      await quietly();
      await pass(1_000);
    }
  };
  const streaming = async (count = 1) => {
    for (let step = 0; oracle.streams < count && step < 100; step++) await pass(1_000);
    expect(oracle.streams).toBe(count);
  };
  return { ...heard, clock, oracle, lines, pass, live, streaming };
}

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof ApiError ? [error.code, error.details.argument] : error;
  }
  return null;
};

describe('the pyth feed', () => {
  it('takes coins in dollars, shares, and what the operator names the feed of', () => {
    const make =
      (symbols: readonly string[], priceIds = new Map<string, string>()) =>
      () =>
        createPythFeed({
          symbols,
          urls: { pythHermes: 'http://127.0.0.1:1' },
          pyth: { apiKey: null, priceIds },
          clock: new FakeClock(),
          log: createLog('silent'),
          random: () => 0,
        });
    const many = Array.from({ length: 101 }, (_, at) => `C${at}USD`);
    for (const symbols of [[], ['BTC-PERP'], ['BTCUSDT'], ['aapl'], many])
      expect(codeOf(make(symbols))).toEqual(['BAD_USER_INPUT', 'symbols']);
    expect(make(['BTCUSDT'], new Map([['BTCUSDT', idOf(BTC)]]))().name).toBe('pyth');
  });

  it('looks its price feeds up, asks for them with its key, and tells no secret', async () => {
    const { oracle, of, live, streaming, lines } = await open(undefined, { ...NO_KEY, apiKey: 'k-secret' });
    await streaming();
    await live(1);
    expect(oracle.asked.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer k-secret'));
    const stream = oracle.asked.at(-1)?.url ?? '';
    for (const part of [`ids[]=${idOf(BTC)}`, `ids[]=${idOf(AAPL)}`, 'parsed=true']) expect(stream).toContain(part);
    expect(lines.join('')).not.toContain('k-secret');
    expect(of('oracle-price').map(({ symbol, price, confidence }) => [symbol, price, confidence])).toEqual([
      ['BTCUSD', '0.12276251', '0.000015'],
      ['AAPL', '122.76251', '0.015'],
    ]);
    expect(of('oracle-price')[0]).toMatchObject({
      session: null,
      stale: false,
      emaPrice: '0.1227',
      timestamp: START + 1_000,
      receivedAt: START + 1_000,
    });
  });

  it('does not look up what is configured', async () => {
    const { oracle, of, live, streaming } = await open(['BTCUSDT'], {
      apiKey: null,
      priceIds: new Map([['BTCUSDT', `0x${idOf(BTC).toUpperCase()}`]]),
    });
    await streaming();
    await live(1);
    expect(oracle.asked).toHaveLength(1);
    expect(of('instrument')[0]?.instrument).toMatchObject({ base: 'BTC', quote: 'USDT', kind: 'SPOT' });
    expect(of('oracle-price')[0]).toMatchObject({ symbol: 'BTCUSDT' });
  });

  it('knows when a share trades, and lets it stand still only while it does not', async () => {
    const { oracle, of, live, streaming, pass } = await open();
    await streaming();
    const closedAt = START / 1_000 - 3_600;
    oracle.publishedAt.set(AAPL, closedAt);
    await live(2);
    const share = () => of('oracle-price').filter(({ symbol }) => symbol === 'AAPL');
    expect(share()).toHaveLength(1);
    expect(share()[0]).toMatchObject({ session: 'CLOSED', stale: false, timestamp: closedAt * 1_000 });
    for (let step = 0; step < 60; step++) {
      oracle.step();
      await quietly();
      await pass(10_000);
    }
    // Told again every ten seconds, older each time; at the bell it is late.
    expect(share().length).toBeGreaterThan(50);
    oracle.step();
    await quietly();
    expect(share().at(-1)).toMatchObject({ session: 'OPEN', stale: true });
    oracle.publishedAt.delete(AAPL);
    oracle.step();
    await quietly();
    expect(share().at(-1)).toMatchObject({ session: 'OPEN', stale: false });
  });

  it('says that a coin is stale whose publishers have stopped, and its neighbours are not', async () => {
    const { oracle, of, live, streaming } = await open();
    await streaming();
    oracle.publishedAt.set(BTC, START / 1_000);
    await live(62);
    const stale = (wanted: string) => of('oracle-price').findLast(({ symbol }) => symbol === wanted)?.stale;
    expect([stale('BTCUSD'), stale('AAPL')]).toEqual([true, false]);
  });

  it('tells of a price feed that has fallen silent, alone, and of its return', async () => {
    const { oracle, of, feed, live, streaming } = await open();
    await streaming();
    await live(1);
    oracle.silent.add(AAPL);
    await live(45);
    expect(of('disconnected').map(({ symbols }) => symbols)).toEqual([['AAPL']]);
    expect(feed.health()).toMatchObject({ state: 'stale', message: 'nothing is heard of AAPL' });
    oracle.silent.clear();
    await live(1);
    expect(feed.health()).toMatchObject({ state: 'live', recoveries: 1 });
    expect(oracle.asked).toHaveLength(3);
  });

  it('names what the oracle does not have, and its neighbours live', async () => {
    const { feed, live, of, streaming } = await open(['BTCUSD', 'NOSUCHUSD']);
    await streaming();
    await live(1);
    expect(of('oracle-price')).toHaveLength(1);
    expect(feed.health()).toMatchObject({ state: 'stale', message: 'pyth has no price feed of NOSUCHUSD' });
  });

  it.each([
    [401, 'PYTH_API_KEY is missing or refused'],
    [429, 'reconnecting'],
  ])('refused with %i asks again after a minute and not within it', async (status, told) => {
    const { oracle, feed, pass, live, streaming } = await open(['BTCUSD'], NO_KEY, (refusing) => {
      refusing.status = status;
    });
    await until('it is told', () => feed.health().message.includes(told));
    expect(feed.health().state).toBe('connecting');
    for (let second = 0; second < 59; second++) await pass(1_000);
    expect(oracle.asked).toHaveLength(1);
    oracle.status = 200;
    await pass(2_000);
    await streaming();
    await live(1);
    expect(feed.health()).toMatchObject({ state: 'live', message: '' });
  });

  it('whose stream is refused for asking too often waits a minute as well', async () => {
    const { oracle, of, feed, live, pass, streaming } = await open(['BTCUSD']);
    await streaming();
    await live(1);
    oracle.status = 429;
    oracle.cut();
    await until('the loss', () => of('disconnected').length === 1);
    await pass(1_500);
    await until('it is refused', () => feed.health().message.includes('429'));
    const asked = oracle.asked.length;
    for (let second = 0; second < 58; second++) await pass(1_000);
    expect(oracle.asked).toHaveLength(asked);
    oracle.status = 200;
    await streaming();
    await live(1);
    expect(feed.health().state).toBe('live');
  });

  it('goes on with what it can read, and counts what it cannot', async () => {
    const { oracle, of, feed, live, streaming } = await open(['BTCUSD']);
    await streaming();
    await live(1);
    const before = feed.health().errorCount;
    oracle.send('data: rubbish\n\n');
    oracle.send('data: {"parsed":[{"id":"e6"}]}\n\n');
    oracle.send(`data: ${JSON.stringify({ parsed: [{ ...oracle.price(BTC), price: { price: '0' } }] })}\n\n`);
    oracle.send('event: error\ndata: Slow consumer: disconnected\n\n');
    oracle.send(
      `: comment\n\ndata: ${JSON.stringify({ parsed: [{ ...oracle.price(BTC), id: idOf('another') }] })}\n\n`,
    );
    await live(1);
    expect(of('oracle-price')).toHaveLength(2);
    expect(feed.health()).toMatchObject({ state: 'live', errorCount: before + 4 });
  });

  it('takes a list that is none for a failure, and asks again', async () => {
    const { oracle, feed, streaming } = await open(['BTCUSD'], NO_KEY, (wrong) => {
      wrong.listed = '{"error":"maintenance"}';
    });
    await until('it has failed', () => feed.health().errorCount > 0);
    oracle.listed = null;
    await streaming();
  });

  it('that hears nothing for a while says so, and connects anew', async () => {
    const { oracle, of, feed, live, pass, streaming } = await open();
    await streaming();
    await live(2);
    await pass(16_000);
    expect(of('disconnected').map(({ symbols }) => symbols)).toEqual([['BTCUSD', 'AAPL']]);
    expect(feed.health().state).toBe('connecting');
    await streaming();
    await live(1);
    expect(feed.health()).toMatchObject({ state: 'live', recoveries: 1 });
    expect(oracle.asked.filter(({ url }) => url.includes('stream'))).toHaveLength(2);
  });

  it('moves over to another stream before it is cut, without a word', async () => {
    const { oracle, of, feed, clock, live, streaming } = await open(['BTCUSD']);
    await streaming();
    await live(1);
    const streams = () => oracle.asked.filter(({ url }) => url.includes('stream')).length;
    for (let passed = 0; passed < 23 * 3_600 && streams() === 1; passed += 12) {
      oracle.step();
      await until('it is heard', () => feed.health().lastDataAt === clock.now());
      await clock.advance(12_000);
    }
    await until('there is another', () => oracle.streams === 2);
    await live(2);
    await until('the first is gone', () => oracle.streams === 1);
    expect(of('disconnected')).toEqual([]);
    expect(feed.health()).toMatchObject({ state: 'live', recoveries: 0, errorCount: 0 });
  });
});
