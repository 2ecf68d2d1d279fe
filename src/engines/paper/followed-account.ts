import type { Decimal } from '../../lib/decimal.ts';
import { ZERO } from '../../lib/decimal.ts';
import { type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import { type Instrument, splitPair } from '../../model/instrument.ts';
import { isCash } from '../../model/position.ts';
import type { VenueBalance, VenueBalances, VenueOrder, VenueOrderFill } from '../../model/venue-order.ts';
import type { Account } from './account.ts';
import type { Booked } from './followed-orders.ts';
import type { MarkOf } from './valuation.ts';

/** Currencies of dollars in which a coin is looked for, the most traded first. */
const DOLLARS = ['USDT', 'USDC', 'FDUSD', 'USD'];

/**
 * What there is in a real account. How much of each coin is the venue's word; what it cost is reckoned by average cost from the fills that
 * were heard. What comes or goes without a fill (a deposit, a withdrawal, what was there when the account was first seen) comes at the
 * price of that time, and goes with its share of the cost: neither is a gain. A coin that nobody prices stands among the currencies.
 */
export class FollowedAccount {
  readonly account: Account;
  readonly #markOf: MarkOf;
  /** Coins among the currencies, by the symbols whose price would make holdings of them. */
  readonly #unpriced = new Map<string, string>();
  /** Whether its balances were ever told: what was filled before is in them. */
  #seen: boolean;
  #current = false;
  #balancesAt = Number.NEGATIVE_INFINITY;

  constructor(account: Account, markOf: MarkOf) {
    this.account = account;
    this.#markOf = markOf;
    this.#seen = [...account.currencies, ...account.holdings].length > 0;
    for (const currency of account.currencies) this.#await(currency);
  }

  /** Whether what there is may have changed unheard. */
  get isStale(): boolean {
    return !this.#current;
  }

  lost(): void {
    this.#current = false;
  }

  balances({ balances, whole, timestamp }: VenueBalances): void {
    // Older than what was told before: it was on its way for too long.
    if (!whole && timestamp < this.#balancesAt) return;
    this.#balancesAt = Math.max(this.#balancesAt, timestamp);
    for (const balance of balances) this.#set(balance);
    if (whole) {
      const told = new Set(balances.map(({ currency }) => currency));
      const none = { amount: ZERO, locked: ZERO };
      for (const currency of [...this.account.currencies, ...this.#coins()])
        if (!told.has(currency)) this.#set({ currency, ...none });
      this.#current = true;
    }
    this.#seen = true;
  }

  /** A price was told: what waited for it becomes a holding. */
  priced(symbol: string): void {
    const coin = this.#unpriced.get(symbol);
    if (coin === undefined) return;
    const amount = this.account.cash(coin);
    const locked = this.account.locked(coin);
    this.#set({ currency: coin, amount: fixedText(amount), locked: fixedText(locked) });
  }

  /** Books a fill. */
  book({ symbol, side, base, quote }: VenueOrder, fill: VenueOrderFill): Booked {
    const price = fixed(fill.price);
    const fee = this.#feeIn(quote, base, fill);
    // What was filled before the account was first seen is in what was seen; of what is not priced in dollars the balances tell.
    if (!this.#seen || !isCash(quote)) return { fee: fixedText(fee), realizedPnl: ZERO };
    const instrument = this.#instrumentOf(base) ?? spot(symbol, base, quote);
    this.#adopt(base, instrument, price);
    const quantity = side === 'BUY' ? fixed(fill.quantity) : -fixed(fill.quantity);
    const realized = this.account.book({ ...instrument, quote }, { quantity, price, fee });
    if (fill.feeCurrency !== quote && fee !== 0n) {
      // Not paid in what was booked.
      this.#setCash(quote, this.account.cash(quote) + fee);
      this.#moveCoin(fill.feeCurrency, -fixed(fill.fee));
    }
    return { fee: fixedText(fee), realizedPnl: fixedText(realized) };
  }

  /** A fee in the quote currency; 0 where nobody knows what its coin is worth. */
  #feeIn(quote: string, base: string, { fee, feeCurrency, price }: VenueOrderFill): Fixed {
    const amount = fixed(fee);
    if (feeCurrency === quote || amount === 0n) return amount;
    if (feeCurrency === base) return multiply(amount, fixed(price));
    const mark = isCash(quote) ? this.#markOfCoin(feeCurrency) : null;
    return mark === null ? 0n : multiply(amount, fixed(mark));
  }

  #set({ currency, amount, locked }: VenueBalance): void {
    const instrument = isCash(currency) ? null : this.#instrumentOf(currency);
    if (instrument === null) {
      this.account.setCash(currency, fixed(amount), fixed(locked));
      this.#await(currency);
      return;
    }
    this.#adopt(currency, instrument, null);
    this.#moveCoin(currency, fixed(amount) - this.account.quantity(instrument.symbol));
    this.account.setLocked(instrument.symbol, fixed(locked));
  }

  /** What stands among the currencies becomes a holding. @param price that of now; null for the mark. */
  #adopt(coin: string, instrument: Instrument, price: Fixed | null): void {
    const amount = this.account.cash(coin);
    if (amount === 0n) return;
    const mark = this.#markOf(instrument.symbol);
    const at = price ?? (mark === null ? 0n : fixed(mark));
    this.account.setCash(coin, 0n, 0n);
    for (const dollars of DOLLARS) this.#unpriced.delete(coin + dollars);
    this.account.move(instrument, amount, multiply(amount, at));
  }

  /** More, or less, of a coin than was known: at the price of now, or with its share of the cost. */
  #moveCoin(coin: string, change: Fixed): void {
    if (change === 0n) return;
    const instrument = isCash(coin) ? null : this.#instrumentOf(coin);
    if (instrument === null) return this.#setCash(coin, this.account.cash(coin) + change);
    const { quantity, cost } = this.account.held(instrument.symbol) ?? { quantity: 0n, cost: 0n };
    const mark = this.#markOf(instrument.symbol);
    const reduces = quantity !== 0n && change < 0n === quantity > 0n;
    if (reduces) {
      const all = change < 0n ? -change >= quantity : change >= -quantity;
      this.account.move(instrument, change, all ? -cost : (cost * change) / quantity);
    } else if (mark !== null) this.account.move(instrument, change, multiply(change, fixed(mark)));
    // At what the rest of it cost: nobody knows better.
    else this.account.move(instrument, change, quantity === 0n ? 0n : (cost * change) / quantity);
  }

  #setCash(currency: string, amount: Fixed): void {
    this.account.setCash(currency, amount, this.account.locked(currency));
  }

  /** Through which symbol a coin is held: the one that it is held through already, else one that has a price; null for none. */
  #instrumentOf(coin: string): Instrument | null {
    for (const { symbol, quote } of this.account.holdings)
      if (splitPair(symbol)?.base === coin) return spot(symbol, coin, quote);
    const dollars = DOLLARS.find((quote) => this.#markOf(coin + quote) !== null);
    return dollars === undefined ? null : spot(coin + dollars, coin, dollars);
  }

  #markOfCoin(coin: string): Decimal | null {
    const instrument = this.#instrumentOf(coin);
    return instrument && this.#markOf(instrument.symbol);
  }

  #await(currency: string): void {
    if (isCash(currency)) return;
    for (const dollars of DOLLARS) {
      if (this.account.cash(currency) === 0n) this.#unpriced.delete(currency + dollars);
      else this.#unpriced.set(currency + dollars, currency);
    }
  }

  *#coins(): IterableIterator<string> {
    for (const { symbol } of this.account.holdings) yield splitPair(symbol)?.base ?? symbol;
  }
}

function spot(symbol: string, base: string, quote: string): Instrument {
  return { symbol, kind: 'SPOT', venue: '', primarySource: '', base, quote };
}
