import { Backoff, VENUE_BACKOFF } from '../../lib/backoff.ts';
import { type Clock, pause } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { RestClient, RestFailure } from '../rest-client.ts';
import { type ListedFeed, mapListed } from './mapper.ts';
import type { PythSymbol } from './symbols.ts';

/** A third of the ten requests in ten seconds that the oracle allows an address: others may share it. */
const LIMITS = { burst: 3, perMinute: 20 };

/** Who asked too often, or with a key that is refused, waits a minute. Milliseconds. */
const REFUSED_PAUSE_MS = 60_000;

export interface DirectoryOptions {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly failed: (reason: string) => void;
}

/** Finds out which price feeds the oracle has. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #client: RestClient;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    const { base, headers, clock } = options;
    this.#client = new RestClient({ base, headers, limits: LIMITS, clock });
  }

  /** The feeds of these symbols, by the oracle's name of each; asks until it is answered. Null after an abort. */
  async find(symbols: readonly PythSymbol[], signal: AbortSignal): Promise<ReadonlyMap<string, ListedFeed> | null> {
    const { clock, random, failed } = this.#options;
    const backoff = new Backoff(VENUE_BACKOFF, random);
    const found = new Map<string, ListedFeed>();
    const wanted = new Set(symbols.map(({ name }) => name));
    const assets = new Set(symbols.map(({ asset }) => asset));
    while (assets.size > 0) {
      const [asset] = assets;
      if (asset === undefined) break;
      try {
        for (const feed of await this.#listed(asset, signal)) if (wanted.has(feed.name)) found.set(feed.name, feed);
        assets.delete(asset);
      } catch (error) {
        if (signal.aborted) return null;
        failed(messageOf(error));
        const refused = error instanceof RestFailure && [401, 403, 429].includes(error.status ?? 0);
        await pause(clock, Math.max(backoff.next(), refused ? REFUSED_PAUSE_MS : 0), signal);
        if (signal.aborted) return null;
      }
    }
    return signal.aborted ? null : found;
  }

  async #listed(asset: string, signal: AbortSignal): Promise<readonly ListedFeed[]> {
    const path = `/v2/price_feeds?asset_type=${asset}`;
    const body = await this.#client.ask({ path, weight: 1, signal, patienceMs: Number.POSITIVE_INFINITY });
    const listed = mapListed(body);
    if (!listed) throw new RestFailure(200, 'the answer is no list of price feeds');
    return listed;
  }
}
