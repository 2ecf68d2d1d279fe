/** Decimal text as a whole number of units of 10^-18, for sums and steps that must come out exactly. */
const PLACES = 18;

export function unitsOf(text: string): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return isNegative ? -units : units;
}

export function textOf(units: bigint): string {
  const digits = `${units < 0n ? -units : units}`.padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  const text = digits.slice(0, -PLACES) + (fraction && `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}
