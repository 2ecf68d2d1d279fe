/**
 * Money as text. A Decimal of the API is never made a floating point number to be shown: rounding and grouping work on
 * its digits. Numbers are only for places on the screen (`approximately`).
 */

const TEXT = /^(-?)(\d+)(?:\.(\d*))?$/;

/** Rounded half away from zero to so many places, all of them written. */
export function toPlaces(text: string, places: number): string {
  const [, sign = '', whole = '0', fraction = ''] = TEXT.exec(text) ?? [];
  const kept = fraction.slice(0, places).padEnd(places, '0');
  const up = (fraction[places] ?? '0') >= '5' ? 1n : 0n;
  const digits = `${BigInt(whole + kept) + up}`.padStart(places + 1, '0');
  const written = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return /[1-9]/.test(written) ? sign + written : written;
}

/** With the digits before the point in groups of three. */
export function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** Places after the point of a price that tell neighbouring prices apart, by how large it is. */
function placesOf(price: string): number {
  const [whole = '0', fraction = ''] = price.replace('-', '').split('.');
  if (whole.length >= 2) return 2;
  if (whole !== '0') return 4;
  const leading = /^0*/.exec(fraction)?.[0].length ?? 0;
  return Math.min(18, leading + 4);
}

export function price(text: string, places = placesOf(text)): string {
  return grouped(toPlaces(text, places));
}

/** What it is worth in dollars, with a true minus sign. */
export function dollars(text: string, places = 2): string {
  const rounded = toPlaces(text, places);
  return rounded.startsWith('-') ? `−$${grouped(rounded.slice(1))}` : `$${grouped(rounded)}`;
}

/** Gain or loss in dollars, which always says which. */
export function gain(text: string, places = 2): string {
  const written = dollars(text, places);
  return isNegative(text) || !/[1-9]/.test(written) ? written : `+${written}`;
}

function isNegative(text: string): boolean {
  return text.startsWith('-');
}

/** The colour of a gain or a loss; none of nothing. */
export function tone(text: string | null): 'up' | 'down' | '' {
  if (text === null || !/[1-9]/.test(text)) return '';
  return isNegative(text) ? 'down' : 'up';
}

const UNITS = [
  { digits: 13, unit: 'T' },
  { digits: 10, unit: 'B' },
  { digits: 7, unit: 'M' },
  { digits: 4, unit: 'K' },
] as const;

/** Four or five digits and a unit: for volumes, of which only the size matters. */
export function compact(text: string): string {
  const sign = isNegative(text) ? '−' : '';
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const unit = UNITS.find(({ digits }) => whole.length >= digits);
  if (!unit) return sign + grouped(toPlaces(`${whole}.${fraction}`, whole.length >= 3 ? 1 : whole === '0' ? 4 : 2));
  const before = whole.length - (unit.digits - 1);
  return sign + toPlaces(`${whole.slice(0, before)}.${whole.slice(before)}`, 2) + unit.unit;
}

/** An amount of a currency or a token: as many digits as tell something. */
export function amount(text: string): string {
  const [whole = '0'] = text.replace('-', '').split('.');
  const places = whole.length >= 4 ? 2 : whole === '0' ? 5 : 4;
  return grouped(toPlaces(text, places)).replace('-', '−');
}

/** Where it lies on the screen: never shown, never calculated on. */
export function approximately(text: string): number {
  return Number(text);
}
