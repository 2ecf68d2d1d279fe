import { getAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { TOKEN_ADDRESSES, tokenKey, tokensOf } from '../../src/model/token.ts';
import { instrument } from '../support/market.ts';

describe('the tokens that stand for symbols', () => {
  it('are written as they are given out, with their checksum', () => {
    for (const address of TOKEN_ADDRESSES) expect(getAddress(address)).toBe(address);
  });

  it('are those of what is bought for delivery in dollars, the main one first', () => {
    const [main, ...further] = tokensOf(instrument('ETHUSDT', { base: 'ETH' }));
    expect(main).toMatchObject({ chainId: 1, further: false });
    expect(further.map(({ chainId }) => chainId)).toEqual([56, 137]);
    for (const more of [{ kind: 'PERP' }, { kind: 'EQUITY' }, { quote: 'BTC' }, { base: 'ABC' }] as const)
      expect(tokensOf(instrument('ETHUSDT', { base: 'ETH', ...more }))).toEqual([]);
  });

  it('have a key of their own, but for the main one', () => {
    const [main, further] = tokensOf(instrument('ETHUSDT', { base: 'ETH' }));
    expect(tokenKey('ETHUSDT|x', main ?? null)).toBe('ETHUSDT|x');
    expect(tokenKey('ETHUSDT|x', null)).toBe('ETHUSDT|x');
    expect(tokenKey('ETHUSDT|x', further ?? null)).toBe('ETHUSDT|x|56:0x2170Ed0880ac9A755fd29B2688956BD959F933F8');
  });
});
