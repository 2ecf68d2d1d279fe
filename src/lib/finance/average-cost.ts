import type { Fixed } from '../fixed.ts';
import { multiply } from '../fixed.ts';

/** What is held of something and what it cost; both negative for what is owed (sold short). */
export interface Holding {
  readonly quantity: Fixed;
  /** Price times quantity of what is held, by average cost, without fees. */
  readonly cost: Fixed;
}

export interface BookedFill {
  readonly holding: Holding;
  /** Profit that the fill made real, without fees. */
  readonly realized: Fixed;
}

/**
 * Books a fill by the average cost method: what enlarges a holding adds its cost, what reduces it takes out the same share of the cost
 * as of the quantity, and a fill that turns it round closes all of it first and opens the rest at its own price.
 * Cost and realised profit together change by exactly the value that was paid: no cent is lost in rounding the share.
 * @param quantity bought where positive, sold where negative.
 */
export function bookFill({ quantity: held, cost }: Holding, quantity: Fixed, price: Fixed): BookedFill {
  const value = multiply(quantity, price);
  if (held === 0n || held > 0n === quantity > 0n)
    return { holding: { quantity: held + quantity, cost: cost + value }, realized: 0n };
  const [size, reducing] = [held < 0n ? -held : held, quantity < 0n ? -quantity : quantity];
  if (reducing <= size) {
    const share = reducing === size ? cost : (cost * reducing) / size;
    return { holding: { quantity: held + quantity, cost: cost - share }, realized: -value - share };
  }
  const opening = held + quantity;
  const opened = multiply(opening, price);
  return { holding: { quantity: opening, cost: opened }, realized: -(value - opened) - cost };
}
