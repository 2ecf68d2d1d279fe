import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChainFeed } from '../../../src/feeds/chain-feed.ts';
import { EVM_CHAINS, type EvmChain } from '../../../src/feeds/chains.ts';
import { createEvmFeed, type EvmFeedOptions } from '../../../src/feeds/evm/feed.ts';
import { createMemoryTokenCache } from '../../../src/feeds/evm/token-cache.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { ChainEvent } from '../../../src/model/chain.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeNode, HttpStatus, NEVER, Refusal } from '../../support/fake-node.ts';
import { until } from '../../support/until.ts';

const BSC = EVM_CHAINS.find(({ chainId }) => chainId === 56) as EvmChain;
const TX = `0x${'1'.repeat(64)}`;
const SYNC = '0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1';
const PAIR = `0x${'2'.repeat(40)}`;

let node: FakeNode;
let clock: FakeClock;
let feed: ChainFeed;
let events: ChainEvent[];
let logged: string;

function follow(over: Partial<EvmFeedOptions> = {}): void {
  const destination = {
    write: (line: string) => {
      logged += line;
    },
  };
  feed = createEvmFeed({
    chain: BSC,
    url: node.url,
    pools: [],
    discover: false,
    after: [],
    watched: [],
    tokens: createMemoryTokenCache(),
    clock,
    log: createLog('trace', destination),
    random: () => 0,
    ...over,
  });
  feed.start({ event: (event) => events.push(event), statusChanged: () => undefined });
}

const numbers = (kind: 'block' | 'block-removed') =>
  events.flatMap((event) => (event.kind === kind ? [event.number] : []));

/** Time passes, a little at a time, until something holds that also needs the node's answer. */
async function passing(what: string, holds: () => boolean): Promise<void> {
  let turns = 0;
  await until(what, () => {
    if (!holds() && ++turns % 200 === 0) background.push(clock.advance(250));
    return holds();
  });
  await Promise.all(background.splice(0));
}
const background: Promise<void>[] = [];

const status = () => feed.status();
const followed = () => passing('the feed follows', () => status().status === 'HEALTHY' && status().head === node.head);

function receipt(over: Record<string, unknown> = {}, logOver: Record<string, unknown> = {}) {
  const blockHash = node.hash(node.head);
  const log = {
    address: PAIR,
    topics: [SYNC],
    data: '0x',
    logIndex: '0x0',
    blockHash,
    transactionHash: TX,
    ...logOver,
  };
  return {
    blockHash,
    transactionHash: TX,
    transactionIndex: '0x0',
    from: PAIR,
    to: null,
    status: '0x1',
    gasUsed: '0x5208',
    effectiveGasPrice: '0x1',
    logs: [log],
    ...over,
  };
}

beforeEach(async () => {
  clock = new FakeClock();
  node = await FakeNode.start();
  node.bornAt = clock.now() / 1_000 - 100;
  events = [];
  logged = '';
});

afterEach(async () => {
  await feed.stop();
  expect(clock.pending).toBe(0);
});

describe('a node', () => {
  it('that answers 429 is asked less often, told, and followed again without a hole', async () => {
    follow();
    await followed();
    node.overrides.set('eth_gasPrice', () => new HttpStatus(429));
    node.head += 2;
    await passing('it is told', () => status().status === 'DEGRADED');
    expect(status()).toMatchObject({ message: 'the node asks for fewer requests', stale: true, head: 100 });
    node.overrides.clear();
    node.head += 1;
    await followed();
    expect(numbers('block')).toEqual([101, 102, 103]);
  });

  it('that hangs is given up after a while, and asked again', async () => {
    follow();
    await followed();
    node.overrides.set('eth_getBlockByNumber', () => NEVER);
    await passing('it is told', () => status().status === 'DOWN');
    expect(status().message).toBe('eth_getBlockByNumber: no answer within 15 s');
    node.overrides.clear();
    node.head += 1;
    await followed();
    expect(numbers('block')).toEqual([101]);
  });

  it.each([
    ['a receipt of another block', () => receipt({ blockHash: `0x${'f'.repeat(64)}` })],
    ['a log of another block', () => receipt({}, { blockHash: `0x${'f'.repeat(64)}` })],
    ['a log of another transaction', () => receipt({}, { transactionHash: `0x${'f'.repeat(64)}` })],
    ['a log without a block', () => receipt({}, { blockHash: null })],
    ['a log that is none', () => receipt({}, { data: '0xzz' })],
  ])('that gives %s is not believed, and what it says later is', async (_what, wrong) => {
    follow();
    await followed();
    node.head += 1;
    node.overrides.set('eth_getBlockReceipts', () => [wrong()]);
    await passing('it is told', () => status().status === 'DOWN');
    expect(numbers('block')).toEqual([]);
    node.overrides.set('eth_getBlockReceipts', () => [receipt()]);
    await followed();
    expect(events.at(-1)).toMatchObject({ kind: 'block', number: 101, receipts: [{ txHash: TX, gasUsed: 21_000n }] });
  });

  it('that has no receipts of its newest block yet is asked for them again', async () => {
    follow();
    await followed();
    let times = 0;
    node.overrides.set('eth_getBlockReceipts', () => (++times < 3 ? null : []));
    node.head += 1;
    await followed();
    expect(numbers('block')).toEqual([101]);
    expect(status().errorCount).toBe(0);
  });

  it('that cannot give whole receipts is asked for those with logs of pools, one by one', async () => {
    node.overrides.set('eth_getBlockReceipts', () => new Refusal(-32_601, 'the method does not exist'));
    node.overrides.set('eth_getLogs', () => receipt().logs);
    node.overrides.set('eth_getTransactionReceipt', () => receipt());
    follow();
    await followed();
    node.head += 1;
    await followed();
    expect(events.at(-1)).toMatchObject({ kind: 'block', number: 101, receipts: [{ txHash: TX }] });
  });

  it('that falls behind what it told before is waited for: nothing is taken back', async () => {
    follow();
    node.head = 105;
    await followed();
    node.head = 103;
    await passing('it is told', () => status().status === 'DEGRADED');
    expect(status().message).toBe('the node is 2 blocks behind what it has told before');
    node.head = 106;
    await followed();
    expect(numbers('block-removed')).toEqual([]);
    expect(numbers('block').at(-1)).toBe(106);
  });

  it('whose chain has turned is followed back to where they part, from the head downwards', async () => {
    follow();
    await followed();
    node.head = 104;
    await followed();
    node.forkedAt = 103;
    node.fork = 'b';
    node.head = 105;
    await followed();
    expect(numbers('block-removed')).toEqual([104, 103]);
    expect(numbers('block')).toEqual([101, 102, 103, 104, 103, 104, 105]);
    expect(status()).toMatchObject({ reorgs: 1, lastReorgDepth: 2 });
  });

  it('whose chain turns while it is read is followed to where it has turned', async () => {
    follow();
    await followed();
    node.head = 103;
    node.overrides.set('eth_getBlockByNumber', (_method, [which]) => {
      if (Number(which) === 102) {
        node.forkedAt = 101;
        node.fork = 'b';
      }
      return node.block(which === 'latest' ? node.head : Number(which));
    });
    await passing('it has come up', () => status().headHash === `0x00000067${'b'.repeat(56)}`);
    expect(numbers('block')).toEqual([101, 101, 102, 103]);
    expect(numbers('block-removed')).toEqual([101]);
  });

  it('that was away for too long is taken up at its head, with reserves read anew', async () => {
    follow();
    await followed();
    node.head += 2_000;
    await followed();
    expect(numbers('block')).toEqual([]);
    expect(status().head).toBe(2_100);
    node.head += 1;
    await followed();
    expect(numbers('block')).toEqual([2_101]);
  });

  it('without a new block for long is told, and that it has come back', async () => {
    follow();
    await followed();
    await passing('it is told', () => status().status === 'DEGRADED');
    expect(status().message).toBe('no new block for more than 30 s');
    node.head += 1;
    await followed();
    expect(status()).toMatchObject({ status: 'HEALTHY', message: '' });
  });

  it('that nobody can reach is told without the key of its URL', async () => {
    follow({ url: 'http://127.0.0.1:1/v2/secret-key' });
    await passing('it is told', () => status().errorCount > 1);
    expect(status()).toMatchObject({ status: 'DOWN', head: null, stale: true });
    expect(status().message + logged).not.toContain('secret-key');
    expect(logged).toContain('chain node failed');
  });
});
