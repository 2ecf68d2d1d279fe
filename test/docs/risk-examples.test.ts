import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/lib/decimal.ts';
import { clampedFundingRate, fundingRateCap } from '../../src/lib/finance/funding-rate.ts';
import { liquidationReward, loanHealth, loanLiquidationPrice } from '../../src/lib/finance/lending.ts';
import { flatTier, fundingPayment, liquidationPrice, maintenanceMargin } from '../../src/lib/finance/perpetual.ts';
import { constantProductLoss, rangeLoss } from '../../src/lib/finance/pool.ts';
import {
  absolute,
  divide,
  type Fixed,
  fixed,
  fixedText,
  multiply,
  ONE,
  quotientText,
  toNumber,
} from '../../src/lib/fixed.ts';
import { maxDrawdown } from '../../src/lib/statistics/drawdown.ts';
import type { Statistic } from '../../src/lib/statistics/series.ts';
import { annualVolatility, sharpeRatio } from '../../src/lib/statistics/sharpe.ts';
import { expectedShortfall, historicalVar, parametricVar } from '../../src/lib/statistics/value-at-risk.ts';
import { defaultRules } from '../../src/model/alert.ts';
import { applyChange } from '../../src/model/ledger/ledger.ts';
import { poolValue } from '../../src/model/pool-value.ts';
import { DEFAULT_RISK_MODEL } from '../../src/model/risk-tables.ts';
import { book } from '../engines/risk/book.ts';
import { changed, loan, lp, perp, rangeLp, spot, T0 } from '../support/open-positions.ts';

const page = readFileSync(new URL('../../docs/RISK.md', import.meta.url), 'utf8');

const n = (text: string): Fixed => fixed(decimal(text));
const MIXED = [1, 10, -4, 2, 3, 2, 1, -10].map((value) => value / 100);
/** Dollars beside 2 ETH at 2,000 in [1,500, 2,500]: published as 5,076.10. */
const BESIDE = '5076.102359479878';

/** As many places as the page gives. */
const statistic =
  (of: Statistic, scale = 1) =>
  (places: number) =>
    typeof of === 'number' ? (of * scale).toFixed(places) : of.reason;

type Answer = string | ((places: number) => string);

const loss = (fraction: Fixed | null) => (places: number) => (toNumber(fraction ?? 0n) * 100).toFixed(places);

/** What each name on the page computes. */
const FORMULAS: Readonly<Record<string, (...texts: readonly string[]) => Answer>> = {
  realizedPnl: (side = '', size = '', entry = '', sold = '', price = '') => {
    const position = perp(size, entry, { side: side === 'SHORT' ? 'SHORT' : 'LONG' });
    return applyChange(position, { type: 'RESIZE', amount: decimal(`-${sold}`), ...changed() }, () => n(price))
      .realizedPnl;
  },
  fundingPayment: (size = '', price = '', rate = '') => fixedText(fundingPayment(n(size), n(price), n(rate))),
  clampedFundingRate: (premium = '', interest = '') => fixedText(clampedFundingRate(n(premium), n(interest))),
  fundingRateCap: (initial = '', maintenance = '') => fixedText(fundingRateCap(n(initial), n(maintenance))),
  loanHealth: (backing = '', debt = '') => quotientText(loanHealth(n(backing), n(debt)) ?? 0n),
  maintenanceMargin: (notional = '', rate = '', deduction = '') =>
    fixedText(maintenanceMargin(n(notional), [{ upTo: null, rate: n(rate), deduction: n(deduction) }])),
  bufferPct: (health = '') => {
    const { figures, price, open } = book();
    price('ETHUSDT', '1000');
    open(loan([['ETHUSDT', '1', '1000']], [['USDT', fixedText(divide(n('800'), n(health))), '1']]));
    return String(figures()?.bufferPct);
  },
  loanLiquidationPrice: (amount = '', threshold = '', debt = '') => {
    const market = { backing: 0n, debt: n(debt), collateral: multiply(n(amount), n(threshold)), owed: 0n };
    return quotientText(loanLiquidationPrice(market) ?? 0n);
  },
  perpLiquidationPrice: (size = '', entry = '', balance = '', rate = '') => {
    const entryValue = multiply(absolute(n(size)), n(entry));
    const alone = { size: n(size), entryValue, balance: n(balance), otherMaintenance: 0n, otherPnl: 0n };
    return quotientText(liquidationPrice(alone, [flatTier(n(rate))]) ?? 0n);
  },
  liquidationReward: (debt = '', closeFactor = '', collateral = '', bonus = '') =>
    fixedText(liquidationReward(n(debt), n(closeFactor), n(collateral), n(bonus))),
  constantProductLossPct: (ratio = '') => {
    const ofShare = poolValue(lp(['A', '1', '1'], ['B', '1', '1']), n(ratio), ONE).impermanentLoss;
    expect(toNumber(constantProductLoss(n(ratio)) ?? 0n)).toBeCloseTo(toNumber(ofShare ?? 0n), 15);
    return loss(ofShare);
  },
  rangeLossPct: (lower = '', upper = '', entry = '', price = '') => {
    const share = rangeLp(['ETH', '2', entry], ['USDC', BESIDE, '1'], [lower, upper]);
    const ofShare = poolValue(share, n(price), ONE).impermanentLoss;
    const moved = { lower: n(lower), upper: n(upper), entry: n(entry), price: n(price) };
    expect(toNumber(rangeLoss(moved) ?? 0n)).toBeCloseTo(toNumber(ofShare ?? 0n), 9);
    return loss(ofShare);
  },
  sharpe: (_, periods = '') => statistic(sharpeRatio(MIXED, { periodsPerYear: Number(periods) })),
  volatility: (_, periods = '') => statistic(annualVolatility(MIXED, Number(periods))),
  drawdown: (...returns) => statistic(maxDrawdown(returns.map((text) => Number(text) / 100))),
  historicalVar: () => statistic(historicalVar(MIXED, 0.95)),
  parametricVar: () => statistic(parametricVar(MIXED, 0.95)),
  expectedShortfall: () => statistic(expectedShortfall(MIXED, 0.95)),
  saturating: (size = '', depth = '') => {
    const { engine, price, open, tell } = book();
    price('ETHUSDT', '1');
    open(spot(size, '1'));
    tell({ kind: 'depth', symbol: 'ETHUSDT', depth: { bidUsd: Number(depth), askUsd: 0 } });
    return String(engine.flush('riskUpdates')[0]?.metrics.liquidityRisk);
  },
};

const examples = [...page.matchAll(/Example: `(\w+)\(([^)]*)\)` = `([^`]+)`/g)].map(
  ([, name = '', texts = '', result = '']) => ({ name, texts: texts.split(', '), result }),
);

describe('the examples of the risk page', () => {
  it.each(examples)('$name($texts) is $result', ({ name, texts, result }) => {
    const answer = FORMULAS[name]?.(...texts);
    const places = result.split('.')[1]?.length ?? 0;
    expect(typeof answer === 'function' ? answer(places) : answer).toBe(result);
  });

  it('are all there, and everything that can be shown is shown', () => {
    expect([...new Set(examples.map(({ name }) => name))].sort()).toEqual(Object.keys(FORMULAS).sort());
  });
});

describe('the tables of the risk page', () => {
  it('have the weights of the default model', () => {
    const { LIQUIDITY, VOLATILITY, PROTOCOL, MEV, CROSS_CHAIN } = DEFAULT_RISK_MODEL.weights;
    const rows = { liquidity: LIQUIDITY, volatility: VOLATILITY, protocol: PROTOCOL, MEV, 'cross-chain': CROSS_CHAIN };
    for (const [part, weight] of Object.entries(rows)) expect(page).toContain(`| ${part} | ${weight.toFixed(2)} |`);
  });

  it('have the default rules', () => {
    for (const { id, threshold, hysteresis, severity, dwellMs, coolDownMs } of defaultRules('0x', T0)) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${id.slice('default-'.length, -'-0x'.length)} |`));
      const seconds = [dwellMs, coolDownMs].map((ms) => `${ms / 1_000} s`);
      for (const told of [threshold, hysteresis, severity, ...seconds]) expect(row).toContain(told);
    }
  });
});
