import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { type Address, type Hash, type Hex, parseAbi, serializeTransaction } from 'viem';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Anvil, HAS_ANVIL, startAnvil } from '../support/anvil.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { type Role, startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { Taker } from '../support/taker.ts';
import { type Exchange, UniswapMarket } from '../support/uniswap.ts';

const E18 = 10n ** 18n;

/** A real node with the real Uniswap V2; with a second exchange beside it, and a contract that trades at both. */
interface Chain {
  readonly chainId: number;
  readonly anvil: Anvil;
  readonly market: UniswapMarket;
  readonly other: Exchange | null;
}

async function chainOf(chainId: number, exchanges: 1 | 2): Promise<Chain> {
  const anvil = await startAnvil(chainId);
  const market = await UniswapMarket.deploy(anvil);
  return { chainId, anvil, market, other: exchanges === 1 ? null : await market.second() };
}

const PAIR_EVENTS = [
  {
    type: 'event',
    name: 'Sync',
    inputs: [
      { name: 'reserve0', type: 'uint112' },
      { name: 'reserve1', type: 'uint112' },
    ],
  },
];

/** What an operator would write of such a chain. */
async function entryOf({ chainId, market, other }: Chain): Promise<object> {
  const { native, dollar, third, factory, router } = market;
  const pools = [await market.pair(native, dollar), await market.pair(native, third), await market.pair(dollar, third)];
  return {
    chainId,
    name: `Anvil ${chainId}`,
    blockMs: 400,
    wrappedNative: native,
    nativeSymbol: 'ETHUSDT',
    stablecoins: [dollar],
    factories: [factory, ...(other ? [other.factory] : [])].map((address, at) => ({
      name: `V2 ${at}`,
      address,
      kind: 'V2',
      feePpm: 3000,
    })),
    routers: [router, ...(other ? [other.router] : [])],
    references: [],
    multicall: null,
    pools: [...pools, ...(other ? [other.pair] : [])],
    watch: [{ address: pools[0], abi: PAIR_EVENTS }],
  };
}

type Told = Readonly<Record<string, unknown>>;

/** The stock client of graphql-ws, with everything that came to one of its operations. */
class Follower {
  readonly told: Told[] = [];
  readonly #client: Client;

  constructor(url: string) {
    this.#client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    onTestFinished(() => void this.#client.dispose());
  }

  follow(text: string, told: Told[] = this.told): this {
    this.#client.subscribe<Readonly<Record<string, Told>>>(
      { query: text },
      {
        next: ({ data }) => void told.push(...Object.values(data ?? {})),
        error: (error) => void told.push({ error }),
        complete: () => undefined,
      },
    );
    return this;
  }
}

/** A transaction as it was sent, to be sent once more. */
async function signed({ client }: Anvil, hash: Hash): Promise<Hex> {
  const { r, s, yParity, input, ...of } = await client.getTransaction({ hash });
  if (of.type !== 'eip1559' || yParity === undefined) throw new Error(`a transaction of another kind: ${of.type}`);
  const { chainId, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, to, value, accessList } = of;
  return serializeTransaction(
    { type: 'eip1559', chainId, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, to, value, accessList, data: input },
    { r, s, yParity },
  );
}

async function first(told: readonly Told[], what: string, holds: (one: Told) => boolean): Promise<Told> {
  await eventually(what, async () => told.some(holds));
  return told.find(holds) as Told;
}

const OPPORTUNITY = `id version state closeReason chainId poolAddress profitUsd optimalInput grossProfit captured capturedBy
  captureTxHash realizedProfitUsd blockNumber ageBlocks route { poolAddress tokenIn tokenOut amountIn amountOut }`;
const TRANSACTION = `id version retracted chainId txHash fromAddress strategy swapCount profitNetUsd opportunityId
  rounds { account token profit pools }`;

interface Hop {
  readonly poolAddress: Address;
  readonly tokenIn: Address;
  readonly tokenOut: Address;
  readonly amountOut: string;
}

const hopsOf = ({ route }: Told) => route as readonly Hop[];

describe.skipIf(!HAS_ANVIL)('arbitrage on real chains, as a stock client hears it through the whole server', () => {
  let chains: readonly Chain[];
  let file: string;

  beforeAll(async () => {
    chains = await Promise.all([chainOf(56, 1), chainOf(137, 2)]);
    const folder = await mkdtemp(join(tmpdir(), 'chains-'));
    file = join(folder, 'chains.json');
    await writeFile(file, JSON.stringify({ chains: await Promise.all(chains.map(entryOf)) }));
  });

  afterAll(async () => {
    await Promise.all((chains ?? []).map(({ anvil }) => anvil.stop()));
    if (file) await rm(join(file, '..'), { recursive: true });
  });

  async function started(databaseUrl?: string): Promise<Role> {
    const nodes = chains.map(({ chainId, anvil }) => `${chainId}=${anvil.wsUrl}`).join(',');
    const role = await startRole('all', {
      EVM_RPC_URLS: nodes,
      EVM_CHAINS_FILE: file,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    });
    await eventually('both chains are followed and the coin has a price', async () => {
      const { data } = await query<{ chainStatus: { status: string; poolCount: number }[]; price: object | null }>(
        role.url,
        '{ chainStatus { status poolCount } price(symbol: "ETHUSDT") { price } }',
      );
      const following = data?.chainStatus.filter(({ status, poolCount }) => status === 'HEALTHY' && poolCount >= 3);
      return following?.length === 2 && data?.price !== null;
    });
    return role;
  }

  test('opens, is taken by a triangle through the router and by a contract over two factories, and is retracted', async () => {
    const { url } = await started();
    const [bsc, polygon] = chains as readonly [Chain, Chain];
    const opportunities: Told[] = [];
    const ofPolygon: Told[] = [];
    const transactions: Told[] = [];
    const events: Told[] = [];
    // Several subscriptions with different filters on one socket.
    new Follower(url)
      .follow(`subscription { opportunities { ${OPPORTUNITY} } }`, opportunities)
      .follow(`subscription { opportunities(filter: {chainIds: [137]}) { ${OPPORTUNITY} } }`, ofPolygon)
      .follow(`subscription { transactions { ${TRANSACTION} } }`, transactions)
      .follow('subscription { chainEvents { chainId address name arguments { name value } retracted } }', events);
    await eventually('all are live', async () => {
      const { subscriptions } = (await (await fetch(`${url}/status`)).json()) as { subscriptions: number };
      return subscriptions === 4;
    });

    // A triangle, on the first chain: the third token is cheap at one of its pools.
    const { market, anvil } = bsc;
    const beforeTrade = await anvil.client.snapshot();
    const trade = await market.swap(market.trader, 20_000n * E18, [market.third, market.native]);
    const triangle = await first(opportunities, 'the triangle opened', ({ state }) => state === 'OPENED');
    expect(triangle).toMatchObject({ chainId: 56, captured: false });
    expect(hopsOf(triangle)).toHaveLength(3);
    const had = await market.balance(market.native, market.taker);
    const path = [market.native, ...hopsOf(triangle).map(({ tokenOut }) => tokenOut)];
    const hash = await market.swap(market.taker, BigInt(String(triangle['optimalInput'])), path);
    const won = (await market.balance(market.native, market.taker)) - had;
    const taken = await first(
      opportunities,
      'it was taken',
      ({ id, state }) => id === triangle['id'] && state === 'CLOSED',
    );
    expect(taken).toMatchObject({
      closeReason: 'TAKEN',
      captured: true,
      capturedBy: market.taker,
      captureTxHash: hash,
    });
    const through = await first(transactions, 'the transaction came', ({ txHash }) => txHash === hash);
    // What was promised is what was won is what the balances say, to the wei.
    expect(won).toBeGreaterThan(0n);
    expect(triangle['grossProfit']).toBe(String(won));
    expect(through).toMatchObject({
      chainId: 56,
      strategy: 'THREE_HOP',
      opportunityId: triangle['id'],
      rounds: [{ account: market.taker, token: market.native, profit: String(won) }],
    });
    expect(taken['realizedProfitUsd']).toBe(through['profitNetUsd']);

    // Two factories, on the other chain, by a contract of its own.
    const { market: there, other } = polygon;
    if (other === null) throw new Error('there is one exchange');
    const taker = await Taker.deploy(polygon.anvil, there.taker);
    await there.transfer(there.native, taker.address, 1_000n * E18);
    await there.swap(there.trader, 10_000n * E18, [there.dollar, there.native], other.router);
    const gap = await first(
      opportunities,
      'the gap opened',
      ({ chainId, state }) => chainId === 137 && state === 'OPENED',
    );
    const hops = hopsOf(gap);
    expect(new Set(hops.map(({ poolAddress }) => poolAddress))).toContain(other.pair);
    const heldBefore = await there.balance(there.native, taker.address);
    const legs = hops.map(({ poolAddress, tokenIn, tokenOut, amountOut }) => ({
      pair: poolAddress,
      out: BigInt(amountOut),
      first: tokenOut.toLowerCase() < tokenIn.toLowerCase(),
    }));
    const input = BigInt(String(gap['optimalInput']));
    const byContract = await taker.take(there.taker, there.native, input, legs);
    const gained = (await there.balance(there.native, taker.address)) - heldBefore;
    const closed = await first(
      opportunities,
      'it was taken',
      ({ id, state }) => id === gap['id'] && state === 'CLOSED',
    );
    expect(closed).toMatchObject({ closeReason: 'TAKEN', captureTxHash: byContract, capturedBy: there.taker });
    expect(gap['grossProfit']).toBe(String(gained));
    const round = await first(transactions, 'the transaction came', ({ txHash }) => txHash === byContract);
    expect(round).toMatchObject({
      chainId: 137,
      fromAddress: there.taker,
      rounds: [{ account: taker.address, profit: String(gained) }],
    });
    expect(ofPolygon.every(({ chainId }) => chainId === 137)).toBe(true);
    expect(ofPolygon.map(({ id }) => id)).toContain(gap['id']);
    await first(events, 'a watched pool told', ({ name, address }) => name === 'Sync' && address !== undefined);

    const sent = [await signed(anvil, trade), await signed(anvil, hash)];

    // The first chain turns back to before all that.
    await anvil.client.revert({ id: beforeTrade });
    await anvil.client.mine({ blocks: 4 });
    await first(opportunities, 'it is retracted', ({ id, state }) => id === triangle['id'] && state === 'RETRACTED');
    await first(transactions, 'so is who took it', ({ txHash, retracted }) => txHash === hash && retracted === true);
    const { data } = await query<{
      chainStatus: { chainId: number; reorgs: number }[];
      transactions: { edges: Told[] };
    }>(
      url,
      `{ chainStatus { chainId reorgs } transactions(filter: {chainIds: [56]}) { edges { node { retracted txHash } } } }`,
    );
    expect(data?.chainStatus).toEqual([
      { chainId: 56, reorgs: 1 },
      { chainId: 137, reorgs: 0 },
    ]);
    expect(data?.transactions.edges).toEqual([{ node: { retracted: true, txHash: hash } }]);

    // The very same transactions are mined again: it is the same one, and stands.
    for (const serializedTransaction of sent) {
      const again = await anvil.client.sendRawTransaction({ serializedTransaction });
      await anvil.client.waitForTransactionReceipt({ hash: again });
    }
    const mined = await first(
      transactions,
      'it stands again',
      ({ txHash, version }) => txHash === hash && version === 3,
    );
    expect(mined).toMatchObject({ id: through['id'], retracted: false });
    expect(transactions.filter(({ txHash }) => txHash === hash).map(({ retracted }) => retracted)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('a node of another chain, and one that is not there, are said of their chains; the others go on', async () => {
    const [{ anvil }] = chains as readonly [Chain];
    const { url } = await startRole('all', {
      EVM_RPC_URLS: `56=${anvil.wsUrl},137=${anvil.httpUrl},1=http://127.0.0.1:1`,
      EVM_CHAINS_FILE: file,
    });
    interface Said {
      readonly chainStatus: readonly {
        readonly chainId: number;
        readonly status: string;
        readonly message: string;
        readonly head: number | null;
      }[];
      readonly systemStatus: { readonly status: string; readonly components: readonly Told[] };
    }
    const say = async () =>
      (
        await query<Said>(
          url,
          '{ chainStatus { chainId status message head } systemStatus { status components { name status } } }',
        )
      ).data;
    await eventually('all three are told of', async () => {
      const said = await say();
      return said?.chainStatus.map(({ status }) => status).join() === 'DOWN,HEALTHY,DOWN';
    });
    const head = (await say())?.chainStatus[1]?.head ?? 0;
    await anvil.client.mine({ blocks: 2 });
    await eventually('the good one goes on', async () => ((await say())?.chainStatus[1]?.head ?? 0) >= head + 2);
    const said = await say();
    expect(said?.chainStatus[0]?.message).not.toBe('');
    expect(said?.chainStatus[2]?.message).toBe('the node is of chain 56, not 137');
    expect(said?.systemStatus.status).not.toBe('HEALTHY');
    for (const [chainId, status] of [
      [1, 'DOWN'],
      [56, 'HEALTHY'],
      [137, 'DOWN'],
    ] as const)
      expect(said?.systemStatus.components).toContainEqual({ name: `chain:${chainId}`, status });
  });

  test('a restart loses nothing of what was mined meanwhile, and retracts what the chain has given up', async () => {
    const databaseUrl = await migratedDatabaseUrl();
    const role = await started(databaseUrl);
    const [{ market, anvil }] = chains as readonly [Chain];
    const ask = async (url: string) => {
      const { data } = await query<{ transactions: { edges: { node: Told }[] } }>(
        url,
        '{ transactions(filter: {chainIds: [56]}, orderBy: OLDEST_FIRST) { edges { node { txHash retracted version } } } }',
      );
      return data?.transactions.edges.map(({ node }) => node) ?? [];
    };
    const round = [market.native, market.dollar, market.third, market.native];
    const before = await anvil.client.snapshot();
    const lost = await market.swap(market.taker, E18, round);
    await eventually('it is stored', async () => (await ask(role.url)).length === 1);
    const { number } = await anvil.client.getBlock();
    expect(await role.end('SIGTERM')).toBe(0);
    // While nobody watches, the block is given up, and another transaction mined.
    await anvil.client.revert({ id: before });
    await anvil.client.mine({ blocks: 1 });
    const meanwhile = await market.swap(market.taker, 2n * E18, round);
    expect(meanwhile).not.toBe(lost);
    expect((await anvil.client.getBlock()).number).toBeGreaterThanOrEqual(number);
    const again = await started(databaseUrl);
    await eventually('what was missed is there', async () => (await ask(again.url)).length === 2);
    expect(await ask(again.url)).toEqual([
      { txHash: lost, retracted: true, version: 2 },
      { txHash: meanwhile, retracted: false, version: 1 },
    ]);
  });
});

/** The real event of the pools: that the ABI given above is that of the contracts. */
test('the watched event is the one that pairs send', () => {
  expect(parseAbi(['event Sync(uint112 reserve0, uint112 reserve1)'])[0].inputs).toEqual(PAIR_EVENTS[0]?.inputs);
});
