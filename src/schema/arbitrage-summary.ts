import { topics } from '../bus/topics.ts';
import { DAY_MS } from '../lib/clock.ts';
import { badInput } from '../lib/errors.ts';
import { poolKey } from '../model/pool.ts';
import type { ArbitrageRoute, ArbitrageTotal } from '../store/arbitrage/arbitrage.ts';
import { CHAIN_IDS, chosenChains } from './arbitrage-arguments.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';

/** Days that are summed up where nobody says, and at most: as long as what is summed is kept. */
const DEFAULT_DAYS = 7;
const MAX_DAYS = 30;

/** Chains that one day is taken to have rows of, to count what they cost. */
const USUAL_CHAINS = 3;

const DEFAULT_ROUTES = 10;
const MAX_ROUTES = 100;

const DAYS = {
  required: false,
  defaultValue: DEFAULT_DAYS,
  description: `How many days back, today included, 1 to ${MAX_DAYS}.`,
} as const;

const ArbitrageTotalRef = builder.objectRef<ArbitrageTotal>('ArbitrageTotal').implement({
  description: 'What one chain brought on one day. What the chain has taken back does not count.',
  fields: (t) => ({
    chainId: t.exposeInt('chainId', { description: 'EIP-155.' }),
    day: t.expose('day', { type: 'DateTime', description: 'Midnight at its beginning, UTC.' }),
    opportunities: t.exposeInt('opportunities', { description: 'Opportunities that opened.' }),
    taken: t.exposeInt('taken', { description: 'Those of them that a transaction took.' }),
    transactions: t.exposeInt('transactions', { description: 'Transactions that made a round of swaps.' }),
    profitNetUsd: t.expose('profitNetUsd', {
      type: 'Decimal',
      description: 'Of all transactions with a known profit, after gas, dollars.',
    }),
    gasCostUsd: t.expose('gasCostUsd', { type: 'Decimal', description: 'What they paid for gas, dollars.' }),
  }),
});

const ArbitrageRouteRef = builder.objectRef<ArbitrageRoute>('ArbitrageRoute').implement({
  description: 'Pools that rounds passed in this order, and what was won on them.',
  fields: (t) => ({
    chainId: t.exposeInt('chainId', { description: 'EIP-155.' }),
    pools: t.expose('pools', { type: ['Address'], description: 'In the order in which they were passed.' }),
    name: t.string({
      description: 'Names of these pools, "WBNB-USDT > WBNB-USDT"; the address of one that is not watched any more.',
      resolve: async ({ chainId, pools }, _args, { latest }) => {
        const keys = pools.map((address) => poolKey({ chainId, address }));
        const known = await latest.all(topics.pools, keys);
        const names = new Map(known.map(({ key, value }) => [key, value.pool.name]));
        return pools.map((address, index) => names.get(keys[index] ?? '') ?? address).join(' > ');
      },
    }),
    transactions: t.exposeInt('transactions', { description: 'Transactions that took it.' }),
    profitNetUsd: t.expose('profitNetUsd', { type: 'Decimal', description: 'What they won after gas, dollars.' }),
    bestProfitNetUsd: t.expose('bestProfitNetUsd', { type: 'Decimal', description: 'The most that one of them won.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it was last taken.' }),
  }),
});

/** Midnight (UTC) so many days ago, today counted. @throws ApiError `BAD_USER_INPUT`. */
function beginning(days: number | null | undefined, { clock }: Context): number {
  const count = days ?? DEFAULT_DAYS;
  if (count < 1 || count > MAX_DAYS) throw badInput('days', `days is ${count}.`, `1 to ${MAX_DAYS}`);
  return (Math.floor(clock.now() / DAY_MS) - count + 1) * DAY_MS;
}

builder.queryFields((t) => ({
  arbitrageTotals: t.field({
    authScopes: { public: true },
    type: [ArbitrageTotalRef],
    description: `What chains brought, by day, the newest first. Costs 1, and what is selected once for each day and chain; without chains, ${USUAL_CHAINS} of them.`,
    complexity: ({ days, chainIds }) =>
      perItem(Math.min(MAX_DAYS, Math.max(1, days ?? DEFAULT_DAYS)) * (chainIds?.length ?? USUAL_CHAINS)),
    args: { chainIds: t.arg.intList(CHAIN_IDS), days: t.arg.int(DAYS) },
    resolve: (_root, { chainIds, days }, context) =>
      context.arbitrage.totals(chosenChains(chainIds, 'chainIds', context), beginning(days, context)),
  }),
  arbitrageRoutes: t.field({
    authScopes: { public: true },
    type: [ArbitrageRouteRef],
    description: `The routes on which most was won, the best first. Costs 1, and what is selected once for each of \`first\`.`,
    complexity: ({ first }) => perItem(Math.min(MAX_ROUTES, Math.max(1, first ?? DEFAULT_ROUTES))),
    args: {
      chainIds: t.arg.intList(CHAIN_IDS),
      days: t.arg.int(DAYS),
      first: t.arg.int({
        required: false,
        defaultValue: DEFAULT_ROUTES,
        description: `How many at most, 1 to ${MAX_ROUTES}.`,
      }),
    },
    resolve: (_root, { chainIds, days, first }, context) => {
      const limit = first ?? DEFAULT_ROUTES;
      if (limit < 1 || limit > MAX_ROUTES) throw badInput('first', `first is ${limit}.`, `1 to ${MAX_ROUTES}`);
      return context.arbitrage.routes(chosenChains(chainIds, 'chainIds', context), beginning(days, context), limit);
    },
  }),
}));
