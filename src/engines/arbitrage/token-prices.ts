import { type Decimal, decimalPlaces, fromUnits, toUnits } from '../../lib/decimal.ts';
import type { ChainMoney, Hex } from '../../model/chain.ts';
import { USD_PLACES } from '../../model/opportunity.ts';
import type { Token } from '../../model/pool.ts';

/** Places of a price of one whole token in dollars, as it is reckoned with. */
const PRICE_PLACES = 18;

/** Places of the native coin: wei. */
const NATIVE_PLACES = 18;
const NATIVE_ONE = 10n ** BigInt(NATIVE_PLACES);

/** Dollar amounts are held in units of `10 ** -USD_PLACES`. */
const USD_PER_PRICE = 10n ** BigInt(PRICE_PLACES - USD_PLACES);

interface TokenPrice {
  /** Dollars of one whole token, PRICE_PLACES. */
  readonly exact: bigint;
  /** The same to rank by, not to reckon with. */
  readonly rough: number;
}

/** What tokens of one chain are worth, as the reference prices say. Amounts of dollars are whole units of USD_PLACES. */
export class TokenPrices {
  readonly #prices = new Map<Hex, TokenPrice>();
  readonly #wrappedNative: Hex;
  readonly #stable: ReadonlySet<Hex>;

  constructor(money: ChainMoney) {
    this.#wrappedNative = money.wrappedNative.toLowerCase();
    this.#stable = new Set(money.stablecoins.map((address) => address.toLowerCase()));
    for (const stable of this.#stable) this.set(stable, '1' as Decimal);
  }

  set(token: Hex, usd: Decimal): void {
    const places = Math.max(0, decimalPlaces(usd) - PRICE_PLACES);
    const exact = toUnits(usd, PRICE_PLACES + places) / 10n ** BigInt(places);
    if (exact <= 0n) return;
    this.#prices.set(token, { exact, rough: Number(usd) });
  }

  /** Dollars of one wei, to rank by; zero while the native coin has no price. */
  roughUsdOfWei(): number {
    return (this.#prices.get(this.#wrappedNative)?.rough ?? 0) / Number(NATIVE_ONE);
  }

  /** Dollars of one whole token, to rank by, of every token that has a price. */
  rough(): readonly (readonly [token: Hex, usd: number])[] {
    return Array.from(this.#prices, ([token, { rough }]) => [token, rough]);
  }

  /** How gladly profit is counted in a token: the native coin first, then stablecoins, then what else has a price. */
  rank(token: Hex): number {
    if (token === this.#wrappedNative) return 3;
    if (this.#stable.has(token)) return 2;
    return this.#prices.has(token) ? 1 : 0;
  }

  /** Dollars of an amount, towards zero; null where the token has no price. */
  usd(token: Token, amount: bigint): bigint | null {
    const price = this.#prices.get(token.address.toLowerCase());
    return price === undefined ? null : (amount * price.exact) / (10n ** BigInt(token.decimals) * USD_PER_PRICE);
  }

  /** Dollars of an amount of wei; null while the native coin has no price. */
  usdOfNative(wei: bigint): bigint | null {
    const price = this.#prices.get(this.#wrappedNative);
    return price === undefined ? null : (wei * price.exact) / (NATIVE_ONE * USD_PER_PRICE);
  }

  /** Wei of an amount of a token: itself where it is the native coin, else by both prices, towards zero. */
  native(token: Token, amount: bigint): bigint | null {
    const key = token.address.toLowerCase();
    if (key === this.#wrappedNative) return amount;
    const [price, native] = [this.#prices.get(key), this.#prices.get(this.#wrappedNative)];
    if (price === undefined || native === undefined) return null;
    return (amount * price.exact * NATIVE_ONE) / (10n ** BigInt(token.decimals) * native.exact);
  }

  /** Dollars of one whole token0 in whole token1 as the reference prices have it, to compare with; null without both. */
  roughRatio(token0: Hex, token1: Hex): number | null {
    const [price0, price1] = [this.#prices.get(token0), this.#prices.get(token1)];
    return price0 === undefined || price1 === undefined ? null : price0.rough / price1.rough;
  }
}

export function usdText(units: bigint): Decimal {
  return fromUnits(units, USD_PLACES);
}

export function nativeText(wei: bigint): Decimal {
  return fromUnits(wei, NATIVE_PLACES);
}
