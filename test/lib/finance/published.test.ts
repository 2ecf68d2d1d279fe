import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../../src/lib/decimal.ts';
import {
  annualFundingRate,
  clampedFundingRate,
  fundingRateCap,
  hourlyFundingRate,
  impactNotional,
  impactPremium,
} from '../../../src/lib/finance/funding-rate.ts';
import { loanHealth, loanLiquidationPrice } from '../../../src/lib/finance/lending.ts';
import {
  flatTier,
  fundingPayment,
  hyperliquidTier,
  liquidationPrice,
  type MarginTier,
  maintenanceMargin,
} from '../../../src/lib/finance/perpetual.ts';
import {
  constantProductLiquidity,
  constantProductValue,
  impermanentLoss,
  pairRoots,
  rangeAmounts,
  rangeLiquidity,
} from '../../../src/lib/finance/pool.ts';
import { fixed, ONE, squareRoot, toNumber } from '../../../src/lib/fixed.ts';

const f = (text: string | number) => fixed(decimal(String(text)));
const n = (value: bigint | null) => (value === null ? Number.NaN : toNumber(value));

describe('liquidation prices, to the digits published', () => {
  const alone = { otherMaintenance: 0n, otherPnl: 0n };

  test.each([
    ['isolated', '1535443.01', '135365', '3683.979', '1456.84', '0.10', '0', '0', 1114.78],
    ['cross', '1535443.01', '135365', '3683.979', '1456.84', '0.10', '71200.81144', '-56354.57', 1153.26],
    ['isolated', '1535443.01', '16300', '109.488', '32481.98', '0.025', '0', '0', 18778.73],
    ['cross', '1535443.01', '16300', '109.488', '32481.98', '0.025', '356512.508', '-448192.89', 26316.89],
  ])('Binance USD-M, %s', (_mode, balance, deduction, size, entry, rate, otherMaintenance, otherPnl, published) => {
    const tier: MarginTier = { upTo: null, rate: f(rate), deduction: f(deduction) };
    const position = {
      size: f(size),
      entryValue: (f(size) * f(entry)) / ONE,
      balance: f(balance),
      otherMaintenance: f(otherMaintenance),
      otherPnl: f(otherPnl),
    };
    expect(n(liquidationPrice(position, [tier]))).toBeCloseTo(published, 2);
  });

  test.each([
    ['-3', '3000', '1000', '0', 3174.6],
    ['-1.5', '3000', '1000', '175', 3380.95],
  ])('dYdX, size %s', (size, price, equity, otherMaintenance, published) => {
    const position = {
      size: f(size),
      entryValue: (f(size.slice(1)) * f(price)) / ONE,
      balance: f(equity),
      otherMaintenance: f(otherMaintenance),
      otherPnl: 0n,
    };
    expect(n(liquidationPrice(position, [flatTier(f('0.05'))]))).toBeCloseTo(published, 2);
  });

  test.each([
    ['SOL', '0.6', '173.06', '20.735658', 20, 142.05186667],
    ['BTC', '-0.00099', '65536', '21.604172', 50, 86493.46],
    ['ETH', '0.0329', '2545.5', '20.909894', 50, 1929.2332],
    ['DOGE', '-351', '0.14333', '25.136807', 20, 0.20970228],
  ])('Hyperliquid, %s', (_coin, size, entry, collateral, maxLeverage, published) => {
    const held = size.replace('-', '');
    const position = { size: f(size), entryValue: (f(held) * f(entry)) / ONE, balance: f(collateral), ...alone };
    const price = n(liquidationPrice(position, [hyperliquidTier(maxLeverage)]));
    expect(Math.abs(price / published - 1)).toBeLessThan(1e-4);
  });

  test('nothing liquidates what has no size, or more margin than it can lose', () => {
    expect(liquidationPrice({ size: 0n, entryValue: 0n, balance: ONE, ...alone }, [flatTier(f('0.05'))])).toBeNull();
    const covered = { size: ONE, entryValue: f('100'), balance: f('200'), ...alone };
    expect(liquidationPrice(covered, [flatTier(f('0.05'))])).toBeNull();
  });

  test('maintenance margins are continuous from bracket to bracket, and never negative', () => {
    const tiers = [
      { upTo: f('50000'), rate: f('0.004'), deduction: 0n },
      { upTo: null, rate: f('0.005'), deduction: f('50') },
    ];
    expect(n(maintenanceMargin(f('50000'), tiers))).toBeCloseTo(200, 10);
    expect(n(maintenanceMargin(f('50000.000001'), tiers))).toBeCloseTo(200, 5);
    expect(maintenanceMargin(f('1'), [{ upTo: null, rate: f('0.005'), deduction: f('50') }])).toBe(0n);
    expect(maintenanceMargin(ONE, [])).toBe(0n);
  });
});

describe('health factors, to the digits published', () => {
  test.each([
    ['8000', '6000', 1.333],
    ['0.05', '0.05', 1],
    ['0.05', '0.03', 1.6666666666666667],
  ])('backing %s over debt %s is %s', (backing, debt, published) => {
    expect(n(loanHealth(f(backing), f(debt)))).toBeCloseTo(published, 3);
  });

  test('there is none without debt', () => {
    expect(loanHealth(ONE, 0n)).toBeNull();
  });

  test('one ether at 0.8 against 2250 is liquidated at 2812.50', () => {
    const loan = { backing: 0n, debt: f('2250'), collateral: f('0.8'), owed: 0n };
    expect(n(loanLiquidationPrice(loan))).toBeCloseTo(2812.5, 10);
  });
});

describe('shares of pools, to the digits published', () => {
  test.each([
    [1.25, -0.6192],
    [1.5, -2.0204],
    [1.75, -3.7909],
    [2, -5.7191],
    [0.5, -5.7191],
    [3, -13.3975],
    [4, -20],
    [5, -25.4644],
  ])('a price that becomes %s times loses %s per cent', (ratio, lossPct) => {
    const liquidity = constantProductLiquidity(f('10'), f('1000'));
    const price = f(100 * ratio);
    const value = constantProductValue(liquidity, pairRoots(price, ONE));
    const held = 10n * price + f('1000');
    expect(-n(impermanentLoss(value, held)) * 100).toBeCloseTo(lossPct, 4);
  });

  test('one ether and 100 at 100 are worth 282.82 at 200', () => {
    const value = constantProductValue(constantProductLiquidity(ONE, f('100')), pairRoots(f('200'), ONE));
    expect(n(value)).toBeCloseTo(282.84, 1);
  });

  const range = (lower: string, upper: string) => ({ lower: squareRoot(f(lower)), upper: squareRoot(f(upper)) });

  test('two ether at 2000 in 1500 to 2500 go with 5076.10', () => {
    const ends = range('1500', '2500');
    const root = squareRoot(f('2000'));
    const liquidity = rangeLiquidity({ amount0: f('2'), amount1: f('1000000') }, root, ends);
    expect(n(liquidity)).toBeCloseTo(847.2135955, 6);
    expect(n(rangeAmounts(liquidity, root, ends).amount1)).toBeCloseTo(5076.1, 2);
  });

  test('two ether and 4000 up to 3000 become 0.8493641 and 6572.90 at 2500', () => {
    const ends = range('1333.333333333333', '3000');
    const liquidity = rangeLiquidity({ amount0: f('2'), amount1: f('4000') }, squareRoot(f('2000')), ends);
    const { amount0, amount1 } = rangeAmounts(liquidity, squareRoot(f('2500')), ends);
    expect(n(amount0)).toBeCloseTo(0.8493641, 6);
    expect(n(amount1)).toBeCloseTo(6572.9, 1);
  });

  test.each([
    ['2400', -3.49486],
    ['2200', -0.952523],
    ['1600', -5.102538],
    ['3000', -13.794239],
    ['1200', -20.856797],
  ])('the first of them at %s loses %s per cent, within its range and beyond', (price, lossPct) => {
    const ends = range('1500', '2500');
    const begin = squareRoot(f('2000'));
    const liquidity = rangeLiquidity({ amount0: f('2'), amount1: f('1000000') }, begin, ends);
    const deposit = rangeAmounts(liquidity, begin, ends);
    const now = rangeAmounts(liquidity, squareRoot(f(price)), ends);
    const worth = ({ amount0, amount1 }: typeof now) => (amount0 * f(price)) / ONE + amount1;
    expect(-n(impermanentLoss(worth(now), worth(deposit))) * 100).toBeCloseTo(lossPct, 5);
  });
});

describe('funding, to the digits published', () => {
  test.each([
    ['0', '0.0001'],
    ['0.0003', '0.0001'],
    ['0.001', '0.0005'],
    ['-0.001', '-0.0005'],
  ])('a premium of %s gives a rate of %s', (premium, rate) => {
    expect(clampedFundingRate(f(premium), f('0.0001'))).toBe(f(rate));
  });

  test('dYdX: 10 per cent of margin give an impact notional of 5,000, and 5 and 3 per cent a cap of 12 per cent', () => {
    expect(impactNotional(f('0.1'))).toBe(f('5000'));
    expect(fundingRateCap(f('0.05'), f('0.03'))).toBe(f('0.12'));
    expect(impactPremium(f('101'), f('103'), f('100'))).toBe(f('0.01'));
    expect(impactPremium(f('1'), f('1'), 0n)).toBeNull();
    expect(hourlyFundingRate(f('0.8'), 0n, f('0.12'))).toBe(f('0.015'));
  });

  test('20,000 at 0.01 per cent three times a day cost 6', () => {
    expect(3n * fundingPayment(f('20'), f('1000'), f('0.0001'))).toBe(f('6'));
  });

  test('a year is 8,760 hours and 1,095 times eight of them', () => {
    expect(n(annualFundingRate(f('0.00001'), 3_600_000))).toBeCloseTo(0.0876, 12);
    expect(n(annualFundingRate(f('0.0001'), 28_800_000))).toBeCloseTo(0.1095, 12);
  });
});

test('no amount that a token can have loses a digit', () => {
  const wei = '0.000000000000000000000000000000000001' as Decimal;
  expect(fixed(wei)).toBe(1n);
  expect(() => fixed('0.0000000000000000000000000000000000001' as Decimal)).toThrow(RangeError);
});
