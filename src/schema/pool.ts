import { topics } from '../bus/topics.ts';
import type { PoolState, Token } from '../model/pool.ts';
import type { Wired } from '../model/wired.ts';
import { CHAIN_IDS, chosenChains } from './arbitrage-arguments.ts';
import { builder } from './builder.ts';
import { perItem, UNBOUNDED } from './cost.ts';

const TokenRef = builder.objectRef<Token>('Token').implement({
  description: 'A token of one chain.',
  fields: (t) => ({
    address: t.expose('address', { type: 'Address', description: 'Its contract.' }),
    symbol: t.exposeString('symbol', { nullable: true, description: 'Null where the contract has none.' }),
    decimals: t.exposeInt('decimals', { description: 'Places of its smallest unit.' }),
  }),
});

const PoolRef = builder.objectRef<Wired<PoolState>>('Pool');

builder.node(PoolRef, {
  description: 'A pool of two tokens and what is in it, after the last block that changed it.',
  id: { resolve: (state) => topics.pools.keyOf(state), description: 'One for each pool of a chain.' },
  loadOne: async (id, { latest }) => (await latest.get(topics.pools, id))?.value,
  fields: (t) => ({
    chainId: t.int({ description: 'Its chain.', resolve: ({ pool }) => pool.chainId }),
    address: t.field({ type: 'Address', description: 'Its contract.', resolve: ({ pool }) => pool.address }),
    name: t.string({ description: 'Symbols of both tokens: "WBNB-BUSD".', resolve: ({ pool }) => pool.name }),
    token0: t.field({ type: TokenRef, description: 'The first token.', resolve: ({ pool }) => pool.token0 }),
    token1: t.field({ type: TokenRef, description: 'The second token.', resolve: ({ pool }) => pool.token1 }),
    feePct: t.float({
      description: 'Kept of what is put in: 0.3 is 0.3 %.',
      resolve: ({ pool }) => pool.feePpm / 10_000,
    }),
    reserve0: t.expose('reserve0', { type: 'BigInt', description: 'In the smallest unit of the first token.' }),
    reserve1: t.expose('reserve1', { type: 'BigInt', description: 'In the smallest unit of the second token.' }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'What one whole first token costs in the second. Null while a side is empty.',
    }),
    blockNumber: t.expose('blockNumber', { type: 'SafeInt', description: 'The last block that changed it.' }),
    excluded: t.exposeString('excluded', {
      nullable: true,
      description: 'Why no opportunity is looked for here. Null: it is watched.',
    }),
  }),
});

builder.queryField('pools', (t) =>
  t.field({
    authScopes: { public: true },
    type: [PoolRef],
    description: `Pools that are watched, by chain and address. Costs 1, and what is selected ${UNBOUNDED} times.`,
    complexity: () => perItem(UNBOUNDED),
    args: { chainIds: t.arg.intList(CHAIN_IDS) },
    resolve: async (_root, { chainIds }, context) => {
      const chains = chosenChains(chainIds, 'chainIds', context);
      const found = (await context.latest.all(topics.pools)).map(({ value }) => value);
      return found
        .filter(({ pool }) => chains?.includes(pool.chainId) ?? true)
        .sort((a, b) => (topics.pools.keyOf(a) < topics.pools.keyOf(b) ? -1 : 1));
    },
  }),
);
