declare const canonical: unique symbol;

/**
 * An exact decimal number in canonical text: no exponent, no leading or trailing zeros, no plus sign, never `-0`
 * (`61737.63`, `0.5`, `-3`). Two Decimals are equal exactly when their texts are. Money never becomes a JS number.
 */
export type Decimal = string & { readonly [canonical]: true };

/** Longest input taken, in digits: 2^256 has 78, and no venue or chain says more. Bounds the work a client can ask for. */
export const MAX_DECIMAL_DIGITS = 78;

export const ZERO = '0' as Decimal;

const ZERO_DIGIT = 48;
const NINE_DIGIT = 57;
const POINT = 46;

const PLAIN = /^([+-]?)(\d*)\.?(\d*)$/;
const UNITS = /^-?\d+(?:\.\d+)?$/;
const SCIENTIFIC = /^([+-]?\d*\.?\d*)[eE]([+-]?\d{1,4})$/;

/**
 * Canonical text of a decimal literal: `"1.50"` gives `"1.5"`, `"1e3"` gives `"1000"`.
 * @throws RangeError when the text is no decimal number or has more than {@link MAX_DECIMAL_DIGITS} digits.
 */
export function decimal(text: string): Decimal {
  return plainDecimal(text) ?? anyDecimal(text);
}

/**
 * Of what venues send, unsigned plain digits, only zeros at the end have to go: one pass and one slice, since an order
 * book reads two million of them a second. Null for every other text, right or wrong.
 */
function plainDecimal(text: string): Decimal | null {
  const { length } = text;
  if (length === 0 || length > MAX_DECIMAL_DIGITS) return null;
  let point = -1;
  let end = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === ZERO_DIGIT) continue;
    if (code > ZERO_DIGIT && code <= NINE_DIGIT) end = index + 1;
    else if (code === POINT && point < 0) point = index;
    else return null;
  }
  if (text.charCodeAt(0) === ZERO_DIGIT && length > 1 && point !== 1) return null;
  if (point < 0) return text as Decimal;
  if (point === 0 || point === length - 1) return null;
  return (end === length ? text : text.slice(0, Math.max(end, point))) as Decimal;
}

function anyDecimal(text: string): Decimal {
  const scientific = SCIENTIFIC.exec(text);
  const [digits, exponent] = scientific ? [scientific[1] ?? '', Number(scientific[2])] : [text, 0];
  const match = PLAIN.exec(digits);
  if (!match || (match[2] === '' && match[3] === ''))
    throw new RangeError(`not a decimal number: ${text.slice(0, 100)}`);
  let whole = match[2] ?? '';
  let fraction = match[3] ?? '';
  if (whole.length + fraction.length + Math.abs(exponent) > MAX_DECIMAL_DIGITS)
    throw new RangeError(`a decimal number has at most ${MAX_DECIMAL_DIGITS} digits`);
  if (exponent > 0) {
    const moved = fraction.padEnd(exponent, '0');
    whole += moved.slice(0, exponent);
    fraction = moved.slice(exponent);
  } else if (exponent < 0) {
    const moved = whole.padStart(-exponent, '0');
    fraction = moved.slice(moved.length + exponent) + fraction;
    whole = moved.slice(0, moved.length + exponent);
  }
  whole = whole.replace(/^0+(?=\d)/, '') || '0';
  fraction = fraction.replace(/0+$/, '');
  const magnitude = fraction === '' ? whole : `${whole}.${fraction}`;
  return (match[1] === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude) as Decimal;
}

/** Digits after the point: `decimalPlaces("1.25")` is 2. Works on venue text with trailing zeros too, counting them. */
export function decimalPlaces(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/**
 * Fixed-point integer of plain decimal text (no exponent): `toUnits("1.25", 4)` is `12500n`.
 * @throws RangeError when the text has more places than `scale`: a digit is never dropped in silence.
 * @throws SyntaxError when the text is no number.
 */
export function toUnits(text: string, scale: number): bigint {
  // BigInt itself would take an empty text, blanks and hexadecimal digits.
  if (!UNITS.test(text)) throw new SyntaxError(`not a plain decimal number: ${text.slice(0, 100)}`);
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text.padEnd(text.length + scale, '0'));
  const end = point + 1 + scale;
  if (end < text.length && /[^0]/.test(text.slice(end))) throw new RangeError(`${text} has more than ${scale} places`);
  return BigInt(text.slice(0, point) + text.slice(point + 1, end).padEnd(scale, '0'));
}

/** Canonical text of a fixed-point integer: `fromUnits(12500n, 4)` is `"1.25"`. */
export function fromUnits(units: bigint, scale: number): Decimal {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  let end = digits.length;
  while (end > cut && digits.charCodeAt(end - 1) === 48) end--;
  const text = end === cut ? digits.slice(0, cut) : `${digits.slice(0, cut)}.${digits.slice(cut, end)}`;
  return (negative && text !== '0' ? `-${text}` : text) as Decimal;
}

/** -1, 0 or 1 as `a` is less than, equal to or greater than `b`. Compares canonical text, without making integers. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a === b) return 0;
  const aNegative = a.charCodeAt(0) === 45;
  const bNegative = b.charCodeAt(0) === 45;
  if (aNegative !== bNegative) return aNegative ? -1 : 1;
  const greater = aNegative ? -1 : 1;
  const aPoint = a.indexOf('.');
  const bPoint = b.indexOf('.');
  const aWhole = aPoint < 0 ? a.length : aPoint;
  const bWhole = bPoint < 0 ? b.length : bPoint;
  // Without leading zeros the longer whole part is the larger number; of equal lengths the text order is the number order,
  // because a fraction that is a prefix of the other is the smaller one.
  const larger = aWhole === bWhole ? a > b : aWhole > bWhole;
  return larger ? greater : (-greater as -1 | 1);
}

/** The text that {@link approximate} read last, and its number. */
let readText = '';
let readNumber = 0;

/** One event is held against ten thousand thresholds: its text is read once. */
function approximate(text: Decimal): number {
  if (text !== readText) {
    readText = text;
    readNumber = Number(text);
  }
  return readNumber;
}

/** A JS number is off by at most half a unit in 2^53 of its size: numbers further apart than this part compare right. */
const APART = 1e-15;

/** Whether a value is at least `minimum`, exactly: by numbers, and by the digits where those are too close to tell. */
export function atLeast(minimum: Decimal): (value: Decimal) => boolean {
  const near = Number(minimum);
  const margin = Math.abs(near) * APART;
  const [surelyBelow, surelyAbove] = [near - margin, near + margin];
  return (value) => {
    const number = approximate(value);
    if (number > surelyAbove) return true;
    return number >= surelyBelow && compareDecimals(value, minimum) >= 0;
  };
}

/** Whether a value is at most `maximum`, exactly, in the same way. */
export function atMost(maximum: Decimal): (value: Decimal) => boolean {
  const near = Number(maximum);
  const margin = Math.abs(near) * APART;
  const [surelyBelow, surelyAbove] = [near - margin, near + margin];
  return (value) => {
    const number = approximate(value);
    if (number < surelyBelow) return true;
    return number <= surelyAbove && compareDecimals(value, maximum) <= 0;
  };
}

/** Exact `a + b`. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(decimalPlaces(a), decimalPlaces(b));
  return fromUnits(toUnits(a, scale) + toUnits(b, scale), scale);
}

/** Exact `a - b`. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(decimalPlaces(a), decimalPlaces(b));
  return fromUnits(toUnits(a, scale) - toUnits(b, scale), scale);
}

/**
 * How far `to` lies from `from`, in per cent of `from` (2.56 = 2.56 %), as a statistic: a JS number, of the exact quotient
 * rounded to 1e-8, halves away from zero. Null when `from` is zero.
 */
export function percentChange(from: Decimal, to: Decimal): number | null {
  const scale = Math.max(decimalPlaces(from), decimalPlaces(to));
  const base = toUnits(from, scale);
  if (base === 0n) return null;
  const magnitude = base < 0n ? -base : base;
  const scaled = (toUnits(to, scale) - base) * 20_000_000_000n;
  const half = scaled < 0n ? -magnitude : magnitude;
  return Number((scaled + half) / (2n * magnitude)) / 100_000_000;
}
