/**
 * How many positions a second one core re-prices: value, gains, health factor, liquidation price, flags, warnings, candidates; with the
 * alert engine and its default rules behind, and with values made at their cadence. `npm run bench:risk`, or with the numbers of the
 * variants that are wanted: `npm run bench:risk -- 2`.
 */
import { cpus, loadavg } from 'node:os';
import { AlertEngine } from '../src/engines/alerts/alert-engine.ts';
import { RiskEngine } from '../src/engines/risk/risk-engine.ts';
import { opened } from '../src/feeds/simulated/population/opening.ts';
import { Random } from '../src/feeds/simulated/random.ts';
import { decimal } from '../src/lib/decimal.ts';
import { defaultRules } from '../src/model/alert.ts';
import { POSITION_KINDS, type Position } from '../src/model/position.ts';

const POSITIONS = 100_000;
const OWNERS = 2_000;
/** Prices of one round: each symbol ticks so many times, half a second apart: two seconds, the cadence of values. */
const TICKS = 4;
const ROUNDS = 3;
const START = Date.UTC(2026, 0, 1);

/** Fifty symbols, half of them perpetuals, dearest first. */
const SYMBOLS = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? `COIN${at}USDT` : `COIN${at}-PERP`));

interface Variant {
  readonly name: string;
  readonly alerts: boolean;
  readonly flush: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'risk engine', alerts: false, flush: false },
  { name: 'with alerts', alerts: true, flush: false },
  { name: 'with alerts, values made', alerts: true, flush: true },
];

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function population(random: Random, prices: ReadonlyMap<string, number>): readonly Position[] {
  const positions: Position[] = [];
  for (let at = 0; positions.length < POSITIONS; at++) {
    const kind = POSITION_KINDS[at % POSITION_KINDS.length] ?? 'SPOT';
    const position = opened(kind, {
      id: `bench-${at}`,
      owner: `0x${(at % OWNERS).toString(16).padStart(40, '0')}`,
      now: START,
      random,
      priceOf: (symbol) => decimal((prices.get(symbol) ?? 1).toFixed(4)),
      perpetuals: SYMBOLS.filter((symbol) => symbol.endsWith('-PERP')),
      coins: SYMBOLS.filter((symbol) => symbol.endsWith('USDT')),
      others: [],
    });
    if (position) positions.push(position);
  }
  return positions;
}

function row({ alerts, flush }: Variant): object {
  const before = heapMb();
  const engine = new RiskEngine({});
  const alerting = new AlertEngine();
  const random = new Random('bench:risk');
  const prices = new Map(SYMBOLS.map((symbol, at) => [symbol, 60_000 * 0.8 ** at + 0.5]));
  let now = START;
  let raised = 0;
  const price = (symbol: string, dollars: number): number => {
    const heard = { symbol, price: decimal(dollars.toFixed(4)), confidence: null, volatilityPct: 60, stale: false };
    engine.process({ kind: 'price', ...heard, timestamp: now, receivedAt: now });
    const { touched } = engine;
    if (alerts) raised += alerting.process({ kind: 'readings', readings: touched, now }).length;
    return touched.length;
  };
  for (const [symbol, dollars] of prices) price(symbol, dollars);
  const positions = population(random, prices);
  if (alerts)
    for (const owner of new Set(positions.map((position) => position.owner)))
      for (const rule of defaultRules(owner, START)) alerting.process({ kind: 'rule', rule, now });
  for (const position of positions) engine.process({ kind: 'loaded', position, warningLevel: 0 });
  const rates: number[] = [];
  let made = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    let priced = 0;
    const began = process.threadCpuUsage();
    for (let tick = 0; tick < TICKS; tick++) {
      now += 500;
      for (const [symbol, dollars] of prices) {
        const next = dollars * (1 + 0.0005 * random.normal());
        prices.set(symbol, next);
        priced += price(symbol, next);
      }
    }
    if (flush) for (const topic of ['positionValue', 'liquidations'] as const) made += engine.flush(topic).length;
    const { user, system } = process.threadCpuUsage(began);
    // The first warms the compiler up.
    if (round > 0) rates.push((priced * 1_000_000) / (user + system));
  }
  rates.sort((a, b) => a - b);
  const text = (value: number) => Math.round(value).toLocaleString('en');
  return {
    're-pricings/s': text(rates[ROUNDS >> 1] ?? 0),
    'slowest round': text(rates[0] ?? 0),
    alerts: text(raised),
    'values made': text(made),
    'KB a position': Number((((heapMb() - before) * 1024) / POSITIONS).toFixed(1)),
    'resident MB': Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
}

console.log(
  `${POSITIONS.toLocaleString('en')} positions over ${SYMBOLS.length} symbols, ${OWNERS.toLocaleString('en')} owners.`,
);
console.log(
  `Medians of ${ROUNDS} rounds of ${TICKS} ticks of every symbol, per second of one thread's processor time.`,
);
console.log(
  `${cpus()[0]?.model.trim()} x ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${process.platform} ${process.arch}`,
);
const wanted = process.argv.slice(2).map(Number);
const variants = VARIANTS.filter((_, at) => wanted.length === 0 || wanted.includes(at + 1));
console.table(Object.fromEntries(variants.map((variant) => [variant.name, row(variant)])));
