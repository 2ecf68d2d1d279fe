import { encodeAbiParameters, encodeEventTopics, padHex, parseAbi, toHex } from 'viem/utils';
import { describe, expect, test } from 'vitest';
import { ContractEventsEngine } from '../../src/engines/contract-events/contract-events-engine.ts';
import type { ChainLog } from '../../src/model/chain.ts';
import { at, block, receipt, removed } from './arbitrage/chain-events.ts';

const ABI = parseAbi([
  'event Paid(address indexed from, uint256 amount, bytes32[] notes)',
  'event Unnamed(uint256, bool)',
]);
const [CONTRACT, OTHER, PAYER] = [at(0xc0), at(0xc1), at(0xd0)];
const NOTE = padHex(toHex(7), { size: 32 });

const paid = (amount: bigint): ChainLog => ({
  address: CONTRACT.toLowerCase(),
  topics: encodeEventTopics({ abi: ABI, eventName: 'Paid', args: { from: PAYER as `0x${string}` } }) as string[],
  data: encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes32[]' }], [amount, [NOTE]]),
  index: 0,
});

const mined = (number: number, logs: readonly ChainLog[], fork = 'a') => block(number, [receipt(1, PAYER, logs)], fork);

function engine() {
  return new ContractEventsEngine({
    contracts: [
      { address: CONTRACT, abi: ABI },
      { address: OTHER, abi: null },
    ],
  });
}

describe('the logs of watched contracts', () => {
  test('are decoded by the ABI: whole numbers, addresses and lists, with their names', () => {
    const [event] = engine().process(mined(1, [paid(2n ** 200n)]));
    expect(event).toMatchObject({
      address: CONTRACT,
      name: 'Paid',
      version: 1,
      retracted: false,
      arguments: [
        { name: 'from', type: 'address', value: PAYER },
        { name: 'amount', type: 'uint256', value: String(2n ** 200n) },
        { name: 'notes', type: 'bytes32[]', value: JSON.stringify([NOTE]) },
      ],
    });
  });

  test('come by their places where the ABI has no names', () => {
    const [topic] = encodeEventTopics({ abi: ABI, eventName: 'Unnamed' });
    const data = encodeAbiParameters([{ type: 'uint256' }, { type: 'bool' }], [5n, true]);
    const [event] = engine().process(mined(1, [{ ...paid(1n), topics: [String(topic)], data }]));
    expect(event?.arguments).toEqual([
      { name: null, type: 'uint256', value: '5' },
      { name: null, type: 'bool', value: 'true' },
    ]);
  });

  test.each([
    ['of a contract without an ABI', { ...paid(1n), address: OTHER.toLowerCase() }],
    ['of an event that the ABI does not have', { ...paid(1n), topics: [NOTE] }],
    ['without any topic', { ...paid(1n), topics: [] }],
    ['that are shorter than the event', { ...paid(1n), data: '0x12' }],
    ['that lack an indexed argument', { ...paid(1n), topics: paid(1n).topics.slice(0, 1) }],
  ])('%s are told as they are', (_what, log) => {
    const told = engine().process(mined(1, [log]));
    expect(told).toMatchObject([{ name: null, arguments: [], topics: log.topics, data: log.data }]);
  });

  test('of anybody else are not told', () => {
    expect(engine().process(mined(1, [{ ...paid(1n), address: PAYER.toLowerCase() }]))).toEqual([]);
  });

  test('are taken back with their block, and come again as the same ones, wherever in a block they are then', () => {
    const one = engine();
    const [first] = one.process(mined(1, [paid(1n)]));
    expect(one.process(removed(1))).toMatchObject([{ id: first?.id, version: 2, retracted: true }]);
    const before = receipt(9, PAYER, [{ ...paid(4n), address: PAYER.toLowerCase() }]);
    const again = one.process(block(1, [before, receipt(1, PAYER, [{ ...paid(1n), index: 8 }])], 'b'));
    expect(again).toMatchObject([{ id: first?.id, version: 3, retracted: false }]);
    // Said again, a block changes nothing; one that was not told cannot be taken back.
    expect(one.process(mined(1, [paid(1n)], 'b'))).toEqual([]);
    expect(one.process(removed(1, 'x'))).toEqual([]);
  });
});
