import { createBinanceFeed } from '../../src/feeds/binance/feed.ts';
import type { Feed, FeedState } from '../../src/feeds/feed.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLog, type Log } from '../../src/lib/log.ts';
import type { MarketEvent } from '../../src/model/market-event.ts';
import { FakeClock } from './fake-clock.ts';
import { RecordedVenue } from './recorded-venue.ts';
import { FRAMES_A_STEP, syntheticRecording } from './recording-synthetic.ts';
import { until } from './until.ts';

/** Events of one kind. */
export type EventOf<K extends MarketEvent['kind']> = Extract<MarketEvent, { readonly kind: K }>;

/** A feed and all that it has told. */
export interface ListenedFeed {
  readonly feed: Feed;
  readonly events: MarketEvent[];
  /** Times that the health was said to have changed. */
  readonly healthChanges: () => number;
  of<K extends MarketEvent['kind']>(kind: K): readonly EventOf<K>[];
}

/** Starts it and listens; `heard` is called within each event. */
export function listen(feed: Feed, heard: (event: MarketEvent) => void = () => undefined): ListenedFeed {
  const events: MarketEvent[] = [];
  let changes = 0;
  feed.start({
    event: (event) => {
      events.push(event);
      heard(event);
    },
    healthChanged: () => {
      changes++;
    },
  });
  return {
    feed,
    events,
    healthChanges: () => changes,
    of: <K extends MarketEvent['kind']>(kind: K) => events.filter((event): event is EventOf<K> => event.kind === kind),
  };
}

/** The Binance feed against stand-ins; a market that is not given is nowhere. */
export function binanceAt(
  venues: { readonly spot?: RecordedVenue; readonly usdm?: RecordedVenue },
  symbols: readonly string[],
  clock: Clock,
  log: Log = createLog('silent'),
): Feed {
  const nowhere = { wsUrl: 'ws://127.0.0.1:1', restUrl: 'http://127.0.0.1:1' };
  const { spot = nowhere, usdm = nowhere } = venues;
  return createBinanceFeed({
    symbols,
    urls: {
      binanceWs: spot.wsUrl,
      binanceRest: spot.restUrl,
      binanceFuturesWs: usdm.wsUrl,
      binanceFuturesRest: usdm.restUrl,
    },
    clock,
    log,
    random: () => 0,
  });
}

/** Market, steps of the made-up recording, log. */
export type StartOptions = readonly [market?: 'spot' | 'usdm', steps?: number, log?: Log];

/** A Binance feed connected to a venue with a made-up recording, before its first frame. @param ends gets what ends it. */
export async function startedFeed(ends: (() => Promise<void>)[], ...[market = 'spot', steps = 40, log]: StartOptions) {
  const venue = await RecordedVenue.start({ recordings: [syntheticRecording({ market, steps })] });
  const clock = new FakeClock();
  const symbol = market === 'spot' ? 'BTCUSDT' : 'BTCUSDT-PERP';
  const feed = binanceAt({ [market]: venue }, [symbol], clock, log);
  const all = listen(feed);
  ends.push(async () => {
    await feed.stop();
    await venue.close();
  });
  await until('connected', () => venue.connections === (market === 'spot' ? 1 : 2));
  return {
    ...all,
    venue,
    clock,
    symbol,
    state: (wanted: FeedState) => until(wanted, () => feed.health().state === wanted),
    trades: (count: number) => until(`${count} trades`, () => all.of('trade').length >= count),
    tradeIds: () => all.of('trade').map(({ tradeId }) => Number(tradeId)),
  };
}

/** The same after its first step, with its book. */
export async function liveFeed(ends: (() => Promise<void>)[], ...options: StartOptions) {
  const all = await startedFeed(ends, ...options);
  await all.venue.play(FRAMES_A_STEP);
  await all.state('live');
  await all.trades(2);
  return all;
}

/** `count` numbers from `from` on. */
export function ids(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
