import type { Clock } from '../../lib/clock.ts';
import type { BookSnapshotHeard, FundingHeard } from '../../model/market-event.ts';
import { RestClient, RestFailure } from '../rest-client.ts';
import { mapBookBody, mapFundings, mapListed } from './mapper.ts';
import type { HyperliquidSymbol } from './symbols.ts';

/** Half of the 1,200 that the venue allows an address a minute, a third of it at once: others may share the address. */
const LIMITS = { burst: 200, perMinute: 600 };

/** What the venue counts requests as. */
const BOOK_WEIGHT = 2;
const OTHER_WEIGHT = 20;

/** The venue's questions and answers. All of it throws RestFailure. */
export class HyperliquidRest {
  readonly #client: RestClient;
  readonly #clock: Clock;

  constructor(base: string, clock: Clock) {
    this.#clock = clock;
    this.#client = new RestClient({ base, limits: LIMITS, clock });
  }

  async book({ coin, symbol }: HyperliquidSymbol, signal: AbortSignal): Promise<BookSnapshotHeard> {
    const body = await this.#info({ type: 'l2Book', coin }, BOOK_WEIGHT, signal);
    const book = mapBookBody(body, coin, symbol, this.#clock.now());
    if (!book) throw new RestFailure(200, 'the answer is no order book');
    return book;
  }

  /** Settlements since then, oldest first. */
  async fundings(
    { coin, symbol }: HyperliquidSymbol,
    since: number,
    signal: AbortSignal,
  ): Promise<readonly FundingHeard[]> {
    const body = await this.#info({ type: 'fundingHistory', coin, startTime: since }, OTHER_WEIGHT, signal);
    const fundings = mapFundings(body, coin, symbol, this.#clock.now());
    if (!fundings) throw new RestFailure(200, 'the answer is no list of settlements');
    return fundings;
  }

  /** Coins that there are. */
  async listed(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const coins = mapListed(await this.#info({ type: 'meta' }, OTHER_WEIGHT, signal));
    if (!coins) throw new RestFailure(200, 'the answer is no list of coins');
    return coins;
  }

  #info(question: object, weight: number, signal: AbortSignal): Promise<string> {
    const body = JSON.stringify(question);
    return this.#client.ask({ path: '/info', body, weight, signal, patienceMs: Number.POSITIVE_INFINITY });
  }
}
