import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RiskEvent, RiskOutput } from '../../../src/engines/risk/events.ts';
import { RiskEngine } from '../../../src/engines/risk/risk-engine.ts';
import { whatIf } from '../../../src/engines/risk/what-if.ts';
import { Population } from '../../../src/feeds/simulated/population/population.ts';
import { type Decimal, decimal, ZERO } from '../../../src/lib/decimal.ts';
import { fixed, fixedText } from '../../../src/lib/fixed.ts';
import type { LendingPosition, PerpPosition, Position } from '../../../src/model/position.ts';
import type { PositionChange } from '../../../src/model/position-change.ts';
import { spotPosition } from '../../support/positions.ts';

const ALICE = '0x00000000000000000000000000000000000000A1';
const BOB = '0x00000000000000000000000000000000000000b2';

let clock = 0;

/** After every position of these tests was opened. */
const SETTLED = Date.UTC(2027, 0, 1);

function priced(
  symbol: string,
  price: string | number,
  more: { confidence?: string; stale?: boolean } = {},
): RiskEvent {
  clock++;
  return {
    kind: 'price',
    symbol,
    price: decimal(String(price)),
    confidence: more.confidence === undefined ? null : decimal(more.confidence),
    volatilityPct: 50,
    stale: more.stale ?? false,
    timestamp: clock,
    receivedAt: clock,
  };
}

type Changing = PositionChange extends infer C
  ? C extends PositionChange
    ? Omit<C, 'transactionHash' | 'prices' | 'fee' | 'timestamp' | 'receivedAt'>
    : never
  : never;

function changed(change: Changing, fee: string = '0'): RiskEvent {
  clock++;
  const facts = { transactionHash: null, prices: {}, fee: decimal(fee), timestamp: clock, receivedAt: clock };
  return { kind: 'change', change: { ...change, ...facts } as PositionChange };
}

const opened = (position: Position) => changed({ type: 'OPEN', positionId: position.id, position });

function perp(id: string, more: Partial<PerpPosition> = {}): PerpPosition {
  const { size: _size, entryValue: _entry, kind: _kind, ...facts } = spotPosition(id, ALICE);
  return {
    ...facts,
    kind: 'PERP',
    symbol: 'BTC-PERP',
    protocol: 'hyperliquid',
    provenance: 'PUBLIC',
    side: 'LONG',
    size: decimal('1'),
    entryValue: decimal('1000'),
    marginMode: 'ISOLATED',
    collateral: decimal('100'),
    maintenance: [{ upTo: null, rate: decimal('0.05'), deduction: ZERO }],
    liquidationFeeRate: decimal('0.01'),
    accruesFunding: true,
    ...more,
  };
}

function loan(id: string, collateral: string, debt: string): LendingPosition {
  const { size: _size, entryValue: _entry, kind: _kind, ...facts } = spotPosition(id, ALICE);
  const leg = { symbol: 'ETHUSDT', amount: decimal(collateral), entryValue: decimal('1') };
  const bonus = { liquidationThreshold: decimal('0.8'), liquidationBonus: decimal('0.05') };
  return {
    ...facts,
    kind: 'LENDING',
    symbol: 'ETHUSDT',
    protocol: 'aave-v3',
    provenance: 'PUBLIC',
    collaterals: [{ ...leg, ...bonus }],
    debts: [{ symbol: 'USDC', amount: decimal(debt), entryValue: decimal(debt) }],
    closeFactor: decimal('0.5'),
  };
}

function run(engine: RiskEngine, ...events: readonly RiskEvent[]): readonly RiskOutput[] {
  return events.flatMap((event) => engine.process(event));
}

const toldOf = (engine: RiskEngine, id: string) =>
  engine.flush('positionValue').findLast(({ position }) => position.id === id);

describe('a perpetual', () => {
  test('is valued by its price, with health, liquidation price and reward', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('p')), priced('BTC-PERP', 1_000));
    expect(toldOf(engine, 'p')?.figures).toMatchObject({
      currentValueUsd: '100',
      exposureUsd: '1000',
      healthFactor: '2',
      leverage: '10',
      marginRatioPct: 50,
      bufferPct: 50,
    });
    // (100 - 1000) / (0.05 - 1)
    expect(Number(toldOf(engine, 'p')?.figures.liquidationPrice ?? '947.368')).toBeCloseTo(947.368, 2);
  });

  test('with cross margin stands with the others of its owner at its venue, and with nobody else', () => {
    const engine = new RiskEngine({});
    const cross = { marginMode: 'CROSS' as const };
    const other = perp('b', { ...cross, owner: BOB });
    run(engine, opened(perp('a1', cross)), opened(perp('a2', cross)), opened(other), priced('BTC-PERP', 950));
    const health = new Map(
      engine.flush('positionValue').map(({ position, figures }) => [position.id, figures.healthFactor]),
    );
    // (200 - 100) / 95 for both of the account; (100 - 50) / 47.5 alone: the same here, and apart below.
    expect(Number(health.get('a1'))).toBeCloseTo(100 / 95, 10);
    run(engine, changed({ type: 'MARGIN', positionId: 'a2', amount: decimal('95') }));
    const after = new Map(
      engine.flush('positionValue').map(({ position, figures }) => [position.id, figures.healthFactor]),
    );
    expect(Number(after.get('a1'))).toBeCloseTo(195 / 95, 10);
    expect(after.has('b')).toBe(false);
  });

  test('pays funding to the other side, and is warned, once for each threshold, with hysteresis', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('long')), opened(perp('short', { side: 'SHORT' })), priced('BTC-PERP', 1_000));
    const rate = decimal('0.001');
    const paid = run(engine, {
      kind: 'funding',
      symbol: 'BTC-PERP',
      rate,
      intervalMs: null,
      timestamp: SETTLED,
      receivedAt: SETTLED,
    });
    expect(
      paid.flatMap((out) => (out.kind === 'position' ? [[out.position.id, out.position.fundingPaid]] : [])),
    ).toEqual([
      ['long', '1'],
      ['short', '-1'],
    ]);
    const warned = (price: number) =>
      run(engine, priced('BTC-PERP', price)).flatMap((out) =>
        out.kind === 'positionEvent' && out.event.type === 'LIQUIDATION_WARNING' && out.event.positionId === 'long'
          ? [out.event.threshold]
          : [],
      );
    // Health of the long: (99 + p - 1000) / (0.05 p).
    expect(warned(970)).toEqual([]);
    expect(warned(958)).toEqual(['1.2']);
    expect(warned(959)).toEqual([]);
    expect(warned(950)).toEqual(['1.05']);
    expect(warned(980)).toEqual([]);
    expect(warned(958)).toEqual(['1.2']);
  });

  test('that falls below 1 is told to be liquidatable, once', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('p')), priced('BTC-PERP', 1_000));
    const kinds = (price: number) =>
      run(engine, priced('BTC-PERP', price)).filter(({ kind }) => kind === 'liquidatable');
    expect(kinds(940)).toHaveLength(1);
    expect(kinds(939)).toHaveLength(0);
    const [event] = run(engine, changed({ type: 'LIQUIDATE', positionId: 'p', liquidatorAddress: BOB })).flatMap(
      (out) => (out.kind === 'positionEvent' ? [out.event] : []),
    );
    expect(event).toMatchObject({ type: 'LIQUIDATED', liquidatorAddress: BOB, liquidationPrice: '939' });
    expect(engine.position('p')).toBeUndefined();
    expect(engine.flush('liquidations').at(-1)).toMatchObject({ count: 0 });
  });
});

describe('what cannot be told', () => {
  test('is null with a reason, and never zero: a price that is missing, a loan without debt', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('p')), opened(loan('l', '1', '0')));
    expect(engine.positionsOf(ALICE).positions[1]?.figures.unavailable[0]?.reason).toMatch(/no price of BTC-PERP/);
    expect(engine.flush('positionValue')).toEqual([]);
    run(engine, priced('ETHUSDT', 2_000));
    const figures = toldOf(engine, 'l')?.figures;
    expect(figures?.healthFactor).toBeNull();
    expect(figures?.unavailable).toContainEqual({ field: 'healthFactor', reason: 'there is no debt' });
  });

  test('is marked stale with the price that it depends on, and keeps its numbers', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('p')), priced('BTC-PERP', 1_000), priced('BTC-PERP', 1_000, { stale: true }));
    expect(toldOf(engine, 'p')).toMatchObject({ stale: true, valueUsd: '100' });
  });

  test('a price that is none changes nothing', () => {
    const engine = new RiskEngine({});
    run(engine, opened(perp('p')), priced('BTC-PERP', 1_000));
    engine.flush('positionValue');
    for (const wrong of ['0', '-5']) run(engine, priced('BTC-PERP', wrong));
    expect(engine.flush('positionValue')).toEqual([]);
  });
});

test('a warning says whether it lies within the error that the oracle admits', () => {
  const engine = new RiskEngine({});
  run(engine, opened(perp('p')), priced('BTC-PERP', 1_000));
  const [event] = run(engine, priced('BTC-PERP', 957, { confidence: '5' })).flatMap((out) =>
    out.kind === 'positionEvent' ? [out.event] : [],
  );
  expect(event).toMatchObject({ type: 'LIQUIDATION_WARNING', insideBand: true });
  const figures = toldOf(engine, 'p')?.figures;
  expect(Number(figures?.healthFactorBand?.low)).toBeLessThan(Number(figures?.healthFactorBand?.mid));
  expect(Number(figures?.healthFactorBand?.high)).toBeGreaterThan(1.2);
});

describe('for any prices and sizes', () => {
  const money = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => decimal((cents / 100).toFixed(2)));

  test('partial closes add up to the whole, to the last digit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(money, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 6 }),
        (parts) => {
          const engine = new RiskEngine({});
          const whole = perp('p', {
            size: decimal('1000'),
            entryValue: decimal('123456.789'),
            collateral: decimal('50000'),
          });
          run(engine, opened(whole));
          let proceeds = 0n;
          let left = fixed(whole.size);
          for (const [price, tenths] of parts) {
            const part = fixedText(((left * BigInt(tenths)) / 10n / 10n ** 30n) * 10n ** 30n);
            proceeds += (fixed(part) * fixed(price)) / 10n ** 36n;
            left -= fixed(part);
            run(
              engine,
              priced('BTC-PERP', price),
              changed({ type: 'RESIZE', positionId: 'p', amount: `-${part}` as Decimal }),
            );
          }
          const outputs = run(engine, priced('BTC-PERP', 77), changed({ type: 'CLOSE', positionId: 'p' }));
          const closed = outputs.find((out) => out.kind === 'position');
          proceeds += (left * fixed(decimal('77'))) / 10n ** 36n;
          const gained = closed?.kind === 'position' ? fixed(closed.position.realizedPnl) : 0n;
          const expected = proceeds - fixed(whole.entryValue);
          const off = gained - expected;
          // Each product is cut off at the 36th place.
          expect(off < 0n ? -off : off).toBeLessThanOrEqual(20n);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a loan’s health falls with the price of its collateral; candidates are exactly those below the threshold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(money, money), { minLength: 1, maxLength: 20 }), money, (loans, price) => {
        const engine = new RiskEngine({});
        for (const [at, [amount, debt]] of loans.entries()) run(engine, opened(loan(`l${at}`, amount, debt)));
        run(engine, priced('ETHUSDT', price));
        const healthOf = () =>
          new Map(
            engine.positionsOf(ALICE).positions.map(({ position, figures }) => [position.id, figures.healthFactor]),
          );
        const before = healthOf();
        const listed = engine
          .flush('liquidations')
          .flatMap(({ candidates }) => candidates.map(({ positionId }) => positionId));
        const below = [...before].flatMap(([id, health]) =>
          health !== null && fixed(health) < fixed(decimal('2')) ? [id] : [],
        );
        expect([...listed].sort()).toEqual(below.sort());
        run(engine, priced('ETHUSDT', (Number(price) * 0.9).toFixed(4)));
        for (const [id, health] of healthOf())
          expect(fixed(health ?? ZERO)).toBeLessThanOrEqual(fixed(before.get(id) ?? ZERO));
      }),
      { numRuns: 60 },
    );
  });

  test('contributions sum to the score, and changes to its change, to the last bit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(money, fc.integer({ min: 1, max: 1_000_000 })), { minLength: 2, maxLength: 8 }),
        (steps) => {
          const engine = new RiskEngine({});
          run(engine, opened(perp('p', { collateral: decimal('100000000') })));
          let before: number | null = null;
          for (const [price, depth] of steps) {
            run(engine, priced('BTC-PERP', price), {
              kind: 'depth',
              symbol: 'BTC-PERP',
              depth: { bidUsd: depth, askUsd: depth },
            });
            const [update] = engine.flush('riskUpdates');
            if (!update) throw new Error('no update after a price');
            const { metrics, attribution } = update;
            expect(attribution.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(metrics.overallRiskScore);
            const change = attribution.reduce((sum, one) => sum + one.change, 0);
            if (before !== null) expect(change).toBe(metrics.overallRiskScore - before);
            before = metrics.overallRiskScore;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('what would be under a shock is what is after it', () => {
  const position = perp('p');
  const priceOf = () => ({ price: decimal('1000'), confidence: null, stale: false, timestamp: 1, receivedAt: 1 });
  const shocks = [{ symbol: 'BTC-PERP', changePct: -5.5 }];
  const asked = whatIf({ position, others: [], priceOf, shocks, atRisk: decimal('1.2') });
  const engine = new RiskEngine({});
  run(engine, opened(position), priced('BTC-PERP', 945));
  expect(asked.after.healthFactor).toBe(toldOf(engine, 'p')?.figures.healthFactor);
  expect(asked).toMatchObject({ wouldBeLiquidated: true, before: { healthFactor: '2' } });
});

test('a simulated population lives for hours, bounded, with every kind, warned and liquidated; twice the same', () => {
  const live = (): {
    readonly said: string;
    readonly types: ReadonlySet<string>;
    readonly sizes: readonly number[];
  } => {
    const engine = new RiskEngine({});
    const population = new Population({ seed: 7, demoOwner: ALICE, startedAt: 1_000 });
    const said: string[] = [];
    const types = new Set<string>();
    const sizes: number[] = [];
    const take = (event: RiskEvent) => {
      for (const out of engine.process(event)) {
        said.push(JSON.stringify(out));
        if (out.kind === 'position') population.position(out.position);
        if (out.kind === 'liquidatable') population.liquidatable(out.positionId);
        if (out.kind === 'positionEvent') types.add(out.event.type);
      }
    };
    for (let second = 0; second < 1_500; second++) {
      for (const [at, symbol] of ['BTC-PERP', 'ETHUSDT', 'AAPL'].entries()) {
        const price = decimal((100 * (at + 1) * (1 + 0.05 * Math.sin(second / (40 + 10 * at)))).toFixed(4));
        population.price(symbol, price);
        const times = { timestamp: second, receivedAt: second };
        take({ kind: 'price', symbol, price, confidence: null, volatilityPct: null, stale: false, ...times });
      }
      for (const change of population.step(second * 1_000)) take({ kind: 'change', change });
      sizes.push(engine.size);
    }
    return { said: said.join('\n'), types, sizes };
  };
  const [one, two] = [live(), live()];
  expect(one.said === two.said).toBe(true);
  expect([...one.types].sort()).toEqual(['ADJUSTED', 'CLOSED', 'LIQUIDATED', 'LIQUIDATION_WARNING', 'OPENED']);
  expect(Math.max(...one.sizes)).toBeLessThanOrEqual(240);
  expect(one.sizes.at(-1)).toBeGreaterThan(200);
});
