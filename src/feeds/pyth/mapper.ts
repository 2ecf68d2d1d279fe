import { type Decimal, decimal } from '../../lib/decimal.ts';
import { priceId } from './symbols.ts';

/** A price as the oracle publishes it. */
export interface PythPrice {
  readonly id: string;
  readonly price: Decimal;
  /** Half the width of the band, like the price in the quote currency. */
  readonly confidence: Decimal;
  readonly emaPrice: Decimal | null;
  /** When its publishers said so, milliseconds; told in whole seconds. */
  readonly publishedAt: number;
}

export interface MappedUpdate {
  readonly prices: readonly PythPrice[];
  /** Prices in it that could not be read. */
  readonly unreadable: number;
}

/** One message of the oracle's stream, or an answer with the latest prices. Null for what is neither. */
export function mapUpdate(text: string): MappedUpdate | null {
  const { parsed } = record(json(text));
  if (!Array.isArray(parsed)) return null;
  const prices = parsed.flatMap((row) => mapPrice(row) ?? []);
  return { prices, unreadable: parsed.length - prices.length };
}

/** A price feed that there is. */
export interface ListedFeed {
  readonly id: string;
  /** `Crypto.BTC/USD` */
  readonly name: string;
  /** The oracle's notation of its exchange's hours; null where it gives none. */
  readonly schedule: string | null;
}

/** The answer to the question which feeds there are. Null for what is no such list. */
export function mapListed(body: string): readonly ListedFeed[] | null {
  const rows = json(body);
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row) => {
    const { id: text, attributes } = record(row);
    const { symbol, schedule } = record(attributes);
    const id = priceId(text);
    if (id === null || typeof symbol !== 'string') return [];
    return [{ id, name: symbol, schedule: typeof schedule === 'string' ? schedule : null }];
  });
}

function mapPrice(row: unknown): PythPrice | null {
  const { id: text, price: priced, ema_price: averaged } = record(row);
  const { price: mantissa, conf, expo, publish_time: seconds } = record(priced);
  const id = priceId(text);
  const price = value(mantissa, expo);
  const confidence = value(conf, expo);
  const average = record(averaged);
  if (id === null || price === null || confidence === null || !isSeconds(seconds)) return null;
  // Without publishers a feed says zero: that is no price.
  if (Number(price) <= 0) return null;
  return { id, price, confidence, emaPrice: value(average['price'], average['expo']), publishedAt: seconds * 1_000 };
}

/** Mantissa times ten to the exponent, exactly: `"12276250"` and -5 are `122.7625`. Null for what are no such numbers. */
function value(mantissa: unknown, exponent: unknown): Decimal | null {
  if (typeof mantissa !== 'string' || !/^\d{1,20}$/.test(mantissa)) return null;
  if (typeof exponent !== 'number' || !Number.isInteger(exponent) || Math.abs(exponent) > 30) return null;
  return decimal(`${mantissa}e${exponent}`);
}

function isSeconds(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 && seconds < 1e11;
}

function record(found: unknown): Readonly<Record<string, unknown>> {
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
