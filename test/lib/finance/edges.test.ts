import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, fromUnits } from '../../../src/lib/decimal.ts';
import { clampedFundingRate, fundingRateCap, impactPremium } from '../../../src/lib/finance/funding-rate.ts';
import { liquidationReward, loanHealth, loanLiquidationPrice } from '../../../src/lib/finance/lending.ts';
import {
  flatTier,
  fundingPayment,
  hyperliquidTier,
  liquidationPrice,
  type MarginTier,
  maintenanceMargin,
} from '../../../src/lib/finance/perpetual.ts';
import {
  constantProductLoss,
  rangeAmounts,
  rangeLiquidity,
  rangeLoss,
  rootPrice,
} from '../../../src/lib/finance/pool.ts';
import { absolute, fixed, multiply, ONE, squareRoot, toNumber } from '../../../src/lib/fixed.ts';

const f = (text: string | number) => fixed(decimal(String(text)));
const n = (value: bigint | null) => (value === null ? Number.NaN : toNumber(value));

describe('impermanent loss', () => {
  // 1 - 2 sqrt(r) / (1 + r), per cent.
  test.each([
    ['1', 0],
    ['1.25', 0.6192],
    ['1.5', 2.0204],
    ['1.75', 3.7909],
    ['2', 5.7191],
    ['0.5', 5.7191],
    ['3', 13.3975],
    ['4', 20],
    ['5', 25.4644],
    ['0.2', 25.4644],
  ])('of a constant product at %s times the price is %s per cent', (ratio, published) => {
    expect(n(constantProductLoss(f(ratio))) * 100).toBeCloseTo(published, 4);
  });

  // The range of 1,500 to 2,500, entered at 2,000; per cent, in it and on either side of it.
  test.each([
    ['2000', 0],
    ['2400', 3.49486],
    ['2200', 0.952523],
    ['1600', 5.102538],
    ['3000', 13.794239],
    ['1200', 20.856797],
  ])('of a range at %s is %s per cent', (price, published) => {
    const moved = { lower: f('1500'), upper: f('2500'), entry: f('2000'), price: f(price) };
    expect(n(rangeLoss(moved)) * 100).toBeCloseTo(published, 6);
  });

  test('is none of a price that is no price, or of an empty range', () => {
    for (const ratio of ['0', '-1']) expect(constantProductLoss(f(ratio))).toBeNull();
    const good = { lower: f('1'), upper: f('4'), entry: f('2'), price: f('3') };
    for (const wrong of [{ lower: 0n }, { upper: f('1') }, { upper: f('0.5') }, { entry: 0n }, { price: f('-2') }])
      expect(rangeLoss({ ...good, ...wrong })).toBeNull();
  });

  test('of a range as wide as can be is that of a constant product', () => {
    for (const ratio of ['0.3', '1.7', '6']) {
      const wide = { lower: f('0.000000000001'), upper: f('1000000000000'), entry: ONE, price: f(ratio) };
      expect(n(rangeLoss(wide))).toBeCloseTo(n(constantProductLoss(f(ratio))), 5);
    }
  });
});

describe('a range', () => {
  const range = { lower: squareRoot(f('1500')), upper: squareRoot(f('2500')) };

  test('holds one token alone below it and above it, and none of what it has no liquidity for', () => {
    const [below, above] = [
      rangeAmounts(ONE, squareRoot(f('1000')), range),
      rangeAmounts(ONE, squareRoot(f('9000')), range),
    ];
    expect([below.amount1, above.amount0]).toEqual([0n, 0n]);
    expect(below.amount0 > 0n && above.amount1 > 0n).toBe(true);
    expect(rangeAmounts(0n, squareRoot(f('2000')), range)).toEqual({ amount0: 0n, amount1: 0n });
  });

  test('gives back what was put in, wherever the price lies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 4_000 }), (price) => {
        const root = squareRoot(f(price));
        const liquidity = rangeLiquidity(rangeAmounts(f('7'), root, range), root, range);
        expect(n(liquidity)).toBeCloseTo(7, 9);
      }),
    );
  });

  test('has no root of a price that is none', () => {
    expect(rootPrice(0n, ONE)).toBeNull();
    expect(rootPrice(ONE, -1n)).toBeNull();
  });
});

describe('amounts of tokens of any decimals', () => {
  test.each([0, 2, 6, 8, 18, 24, 36])('%s decimals: the smallest unit counts in a health factor', (decimals) => {
    const unit = fixed(fromUnits(1n, decimals));
    expect(loanHealth(unit, unit)).toBe(ONE);
    expect(multiply(unit, ONE)).toBe(unit);
  });
});

describe('a loan', () => {
  // Aave's own tests: collateral of 0.1 at a threshold of a half, against 0.05 and 0.03.
  test.each([
    ['0.05', '0.05', 1],
    ['0.05', '0.03', 1.6666666666666667],
    ['8000', '6000', 1.3333333333333333],
  ])('backed by %s and owing %s has a health of %s', (backing, debt, published) => {
    expect(n(loanHealth(f(backing), f(debt)))).toBeCloseTo(published, 15);
  });

  test('without debt has neither health nor a liquidation price; without backing its health is nothing', () => {
    expect(loanHealth(f('100'), 0n)).toBeNull();
    expect(loanLiquidationPrice({ backing: 0n, debt: 0n, collateral: ONE, owed: 0n })).toBeNull();
    expect(loanHealth(0n, ONE)).toBe(0n);
  });

  test('that owes the market’s own token is liquidated when that rises', () => {
    // 10,000 dollars at 0.85 against 4 ether: at 2,125.
    expect(n(loanLiquidationPrice({ backing: f('8500'), debt: 0n, collateral: 0n, owed: f('4') }))).toBe(2125);
  });

  test('whose collateral and debt in the token are alike has no such price', () => {
    expect(loanLiquidationPrice({ backing: ONE, debt: f('2'), collateral: ONE, owed: ONE })).toBeNull();
  });

  test('gives a liquidator nothing where nothing is owed or held', () => {
    expect(liquidationReward(0n, f('0.5'), f('100'), f('0.05'))).toBe(0n);
    expect(liquidationReward(f('100'), f('0.5'), 0n, f('0.05'))).toBe(0n);
  });
});

describe('a perpetual', () => {
  const alone = { otherMaintenance: 0n, otherPnl: 0n };

  /** Binance's brackets of a large market, continuous by their deductions. */
  const BRACKETS: readonly MarginTier[] = [
    { upTo: f('50000'), rate: f('0.004'), deduction: 0n },
    { upTo: f('500000'), rate: f('0.005'), deduction: f('50') },
    { upTo: f('8000000'), rate: f('0.01'), deduction: f('2550') },
    { upTo: null, rate: f('0.025'), deduction: f('122550') },
  ];

  const amount = fc.integer({ min: 1, max: 1_000_000 });

  test('is liquidated where its equity is its maintenance margin, in whichever bracket that lies', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 99 }), fc.boolean(), (milli, entry, marginPct, short) => {
        const held = f(milli) / 1_000n;
        const size = short ? -held : held;
        const entryValue = multiply(held, f(entry));
        const balance = (entryValue * BigInt(marginPct)) / 100n;
        const price = liquidationPrice({ size, entryValue, balance, ...alone }, BRACKETS);
        if (price === null) {
          expect(short).toBe(false);
          return;
        }
        const notional = multiply(held, price);
        const equity = balance + (short ? entryValue - notional : notional - entryValue);
        const apart = absolute(equity - maintenanceMargin(notional, BRACKETS));
        // The price is rounded to its last place, which the size multiplies.
        expect(apart <= held / 10n ** 18n + 1_000_000n).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('of no size, or with nothing to lose, has no liquidation price', () => {
    for (const tiers of [BRACKETS, [flatTier(f('0.05'))], []])
      expect(liquidationPrice({ size: 0n, entryValue: 0n, balance: ONE, ...alone }, tiers)).toBeNull();
    const covered = { size: ONE, entryValue: f('100'), balance: f('100'), ...alone };
    expect(liquidationPrice(covered, BRACKETS)).toBeNull();
  });

  test('keeps half of its first margin at the venue’s highest leverage', () => {
    for (const [leverage, rate] of [
      [50, 0.01],
      [40, 0.0125],
      [20, 0.025],
      [3, 1 / 6],
    ] as const)
      expect(n(hyperliquidTier(leverage).rate)).toBeCloseTo(rate, 15);
  });

  test('pays no funding without size, rate or price, and is paid what the other side pays', () => {
    expect(fundingPayment(0n, ONE, ONE)).toBe(0n);
    expect(fundingPayment(ONE, ONE, 0n)).toBe(0n);
    expect(fundingPayment(-ONE, f('7'), f('0.01'))).toBe(-fundingPayment(ONE, f('7'), f('0.01')));
  });
});

describe('funding rates', () => {
  test.each([
    ['0', '0.0001', 0.0001],
    ['0.0003', '0.0001', 0.0001],
    ['0.001', '0.0001', 0.0005],
    ['-0.001', '0.0001', -0.0005],
    ['-0.0004', '0.0001', 0.0001],
  ])('of a premium of %s at an interest of %s are %s', (premium, interest, published) => {
    expect(n(clampedFundingRate(f(premium), f(interest)))).toBeCloseTo(published, 15);
  });

  test('have no cap below zero, and no premium without a price', () => {
    expect(fundingRateCap(f('0.03'), f('0.05'))).toBe(0n);
    for (const index of ['0', '-5']) expect(impactPremium(ONE, ONE, f(index))).toBeNull();
    expect(impactPremium(f('99'), f('101'), f('100'))).toBe(0n);
  });
});
