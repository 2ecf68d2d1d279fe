/** One hop through a constant-product pool: reserves in smallest units, the fee in millionths of what is put in. */
export interface Hop {
  readonly reserveIn: bigint;
  readonly reserveOut: bigint;
  readonly feePpm: number;
}

const MILLION = 1_000_000n;

/**
 * What a swap gives, to the wei, as the router contracts reckon it: `in (1 - fee) out / (reserveIn + in (1 - fee))`,
 * rounded down. The fraction is the same whether a contract counts its fee in thousandths or ten-thousandths.
 */
export function amountOut(hop: Hop, amountIn: bigint): bigint {
  if (amountIn <= 0n) return 0n;
  const kept = amountIn * (MILLION - BigInt(hop.feePpm));
  return (kept * hop.reserveOut) / (hop.reserveIn * MILLION + kept);
}

/** The least input that gives at least `out`, to the wei; null where the pool does not hold so much. */
export function amountIn(hop: Hop, out: bigint): bigint | null {
  if (out <= 0n) return 0n;
  if (out >= hop.reserveOut) return null;
  const divisor = (hop.reserveOut - out) * (MILLION - BigInt(hop.feePpm));
  if (divisor <= 0n) return null;
  return (hop.reserveIn * out * MILLION + divisor - 1n) / divisor;
}

/** The largest integer whose square is at most `value`: Newton's method from above. */
export function integerSqrt(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** A route as one virtual pool without fee: `out(x) = a x / (b + c x)`, exact but for the rounding at each hop. */
interface VirtualPool {
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
}

function virtualPool(route: readonly Hop[]): VirtualPool {
  let [a, b, c] = [1n, 1n, 0n];
  for (const hop of route) {
    const kept = MILLION - BigInt(hop.feePpm);
    const [hopA, hopB] = [kept * hop.reserveOut, MILLION * hop.reserveIn];
    c = hopB * c + kept * a;
    a *= hopA;
    b *= hopB;
  }
  return { a, b, c };
}

/** What a route gives, hop by hop: the input first, then what each hop gives. */
export function amountsAlong(route: readonly Hop[], input: bigint): readonly bigint[] {
  const amounts = [input];
  let amount = input;
  for (const hop of route) {
    amount = amountOut(hop, amount);
    amounts.push(amount);
  }
  return amounts;
}

/** The least input of the first `hops` hops that brings `amount` out of them; null where a pool does not hold enough. */
function inputFor(route: readonly Hop[], hops: number, amount: bigint): bigint | null {
  let needed: bigint | null = amount;
  for (let index = hops - 1; index >= 0 && needed !== null; index--) needed = amountIn(route[index] as Hop, needed);
  return needed;
}

export interface Optimum {
  readonly input: bigint;
  /** Output less input, above zero. */
  readonly profit: bigint;
  /** The input, then what each hop gives. */
  readonly amounts: readonly bigint[];
}

/** Whole units tried on either side of each amount along the route: rounding moves the best one by no more. */
const NEIGHBOURS = 2n;

/**
 * The input with the most profit on a closed route (what goes in comes out) were there no rounding, or null where none has
 * any: composed to one virtual pool `a x / (b + c x)`, profit is greatest where its slope is one, `x = (sqrt(a b) - b) / c`,
 * which is above zero exactly when `a > b`. (For two pools this is the published `(g sqrt(xA yB yA xB) - yA xB) / k`.)
 */
export function idealInput(route: readonly Hop[]): bigint | null {
  const { a, b, c } = virtualPool(route);
  if (a <= b || c <= 0n) return null;
  const ideal = (integerSqrt(a * b) - b) / c;
  return ideal > 0n ? ideal : 1n;
}

/** What an input gives; null where that is no profit. */
export function outcome(route: readonly Hop[], input: bigint): Optimum | null {
  const amounts = amountsAlong(route, input);
  const profit = (amounts[route.length] as bigint) - input;
  return profit > 0n ? { input, profit, amounts } : null;
}

/**
 * The whole input with the most profit on a closed route, to within one smallest unit of profit for each hop after the
 * first; null where none has any.
 *
 * Each hop rounds down, so the best one lies where one of the amounts on the way is next to the ideal one: each hop's
 * neighbours are tried, always with the least input that reaches them. A token of few decimals in the middle, whose one
 * unit is worth a fortune, is why this is done for every hop and not for the input alone.
 */
export function optimum(route: readonly Hop[]): Optimum | null {
  const ideal = idealInput(route);
  if (ideal === null) return null;
  const first = bestAround(route, ideal);
  // Once more from there: it may sit at the edge of what was tried.
  return first && bestAround(route, first.input);
}

function bestAround(route: readonly Hop[], input: bigint): Optimum | null {
  const amounts = amountsAlong(route, input);
  let best: Optimum | null = null;
  for (let hop = 0; hop <= route.length; hop++) {
    for (let step = -NEIGHBOURS; step <= NEIGHBOURS; step++) {
      const needed = inputFor(route, hop, (amounts[hop] as bigint) + step);
      const found = needed === null || needed <= 0n ? null : outcome(route, needed);
      if (found !== null && found.profit > (best?.profit ?? 0n)) best = found;
    }
  }
  return best;
}
