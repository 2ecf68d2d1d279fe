import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEvmFeed } from '../../../src/feeds/evm/feed.ts';
import { createMemoryTokenCache } from '../../../src/feeds/evm/token-cache.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { ChainEvent } from '../../../src/model/chain.ts';
import { type Anvil, HAS_ANVIL, startAnvil } from '../../support/anvil.ts';
import { deploySource } from '../../support/solidity.ts';
import { UniswapMarket } from '../../support/uniswap.ts';
import { until } from '../../support/until.ts';

/** Tokens as there are in the world, each odd in one way; all that a pair asks of them is there. */
const SOURCE = `
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

contract Nameless { uint8 public decimals = 0; }
contract Old { uint8 public decimals = 18; bytes32 public symbol = "OLD"; }
contract Joker { uint8 public decimals = 36; string public symbol = "\\x07\\nFREE MONEY at a very long address of a very bad place"; }
contract Immense { uint8 public decimals = 37; string public symbol = "IMMENSE"; }
contract Mute { string public symbol = "MUTE"; }
`;

describe.skipIf(!HAS_ANVIL)('tokens of a real chain', () => {
  let anvil: Anvil;
  let market: UniswapMarket;

  beforeAll(async () => {
    anvil = await startAnvil(56);
    market = await UniswapMarket.deploy(anvil);
  });

  afterAll(async () => {
    await anvil?.stop();
  });

  /** The token as the pool of it and the native coin is told with; null where that pool is left out. */
  async function toldOf(contract: string) {
    const { address } = await deploySource(anvil, market.trader, SOURCE, contract);
    const pair = await market.emptyPair(address, market.native);
    const events: ChainEvent[] = [];
    const feed = createEvmFeed({
      chain: {
        chainId: 56,
        name: 'Anvil',
        blockMs: 400,
        wrappedNative: market.native,
        nativeSymbol: 'ETHUSDT',
        stablecoins: [],
        factories: [{ name: 'Uniswap V2', address: market.factory, kind: 'V2', feePpm: 3_000 }],
        routers: [],
        multicall: null,
      },
      url: anvil.httpUrl,
      pools: [pair],
      discover: false,
      after: [],
      watched: [],
      tokens: createMemoryTokenCache(),
      clock: systemClock,
      log: createLog('silent'),
      random: () => 0,
    });
    onTestFinished(() => feed.stop());
    feed.start({ event: (event) => events.push(event), statusChanged: () => undefined });
    await until('the feed follows the chain', () => feed.status().status === 'HEALTHY');
    const [pool = null] = events.flatMap((event) => (event.kind === 'pool' ? [event.pool] : []));
    if (pool === null) return null;
    const { symbol, decimals } = pool.token0.address === address ? pool.token0 : pool.token1;
    return { symbol, decimals, name: pool.name.replace(address.slice(0, 8), 'its address') };
  }

  test('without a symbol go by the beginning of their address', async () => {
    const told = await toldOf('Nameless');
    expect(told).toMatchObject({ symbol: null, decimals: 0 });
    expect(told?.name).toContain('its address');
  });

  test('older than the standard, with a symbol of 32 bytes, are read', async () => {
    expect(await toldOf('Old')).toMatchObject({ symbol: 'OLD', decimals: 18 });
  });

  test('with a symbol that is none are shown with what can be printed of it, and not all', async () => {
    const told = await toldOf('Joker');
    expect(told?.decimals).toBe(36);
    expect(told?.symbol).toMatch(/^FREE MONEY/);
    expect(told?.symbol?.length).toBeLessThan(40);
  });

  test.each(['Immense', 'Mute'])(
    '%s, whose places are too many or unknown, are left out with their pools',
    async (contract) => {
      expect(await toldOf(contract)).toBeNull();
    },
  );
});
