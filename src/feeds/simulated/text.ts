/**
 * Venue text of a whole number of units of 10^-scale, with `places` digits after the point: `venueText(6173763, 2, 8)`
 * is `"61737.63000000"`. Made of digits alone, so no binary fraction can show. `places` is at least `scale`; `units` is
 * a safe integer, not negative.
 */
export function venueText(units: number, scale: number, places: number): string {
  if (places === 0) return String(units);
  const digits = String(units).padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${digits.slice(0, cut)}.${digits.slice(cut).padEnd(places, '0')}`;
}
