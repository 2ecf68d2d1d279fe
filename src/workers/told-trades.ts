import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { ToldTrades } from '../feeds/feed.ts';
import type { Log } from '../lib/log.ts';
import type { Trade } from '../model/trade.ts';
import { Recent } from '../store/recent.ts';

/**
 * Newest trades of the stream that are looked through: minutes of a busy venue, read in a moment. A symbol without one among them begins
 * anew, and what it traded while nobody listened is not known to be missing.
 */
const LOOKED_THROUGH = 10_000;

/** What was last told from a source, by whichever process. @throws ApiError `UNAVAILABLE` */
export async function toldTrades(bus: Bus, source: string, log: Log): Promise<ToldTrades> {
  const newest = await new Recent(bus, log).newest<Trade>(topics.trades, { routes: null, test: null }, LOOKED_THROUGH);
  const own = newest.map(({ value }) => value).filter((trade) => trade.source === source);
  return Map.groupBy(own, ({ symbol }) => symbol);
}
