import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { followedChains } from '../../src/main/chains.ts';
import { ConfigError, readConfig } from '../../src/main/config.ts';

const TOKEN = '0x00000000000000000000000000000000000000aa';

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chains-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'chains.json');
  await writeFile(file, text);
  return file;
}

async function followed(nodes: string, text?: string) {
  const file = text === undefined ? {} : { EVM_CHAINS_FILE: await fileOf(text) };
  return followedChains(readConfig({ EVM_RPC_URLS: nodes, ...file }));
}

describe('chains that are followed', () => {
  test('are as they are preset where nobody says otherwise', async () => {
    const [bsc, polygon] = await followed('56=ws://a.example/?key=b,137=https://c.example');
    expect(bsc).toMatchObject({
      url: 'ws://a.example/?key=b',
      discover: true,
      pools: [],
      chain: { nativeSymbol: 'BNBUSDT' },
    });
    expect(polygon?.chain.factories.map(({ name }) => name)).toContain('QuickSwap');
  });

  test('are what the file says of them, and for the rest as preset', async () => {
    const entry = {
      chainId: 56,
      name: 'Mine',
      pools: [TOKEN],
      prices: [{ token: TOKEN, usd: '2.50' }],
      multicall: null,
    };
    const [chain] = await followed('56=ws://a.example', JSON.stringify({ chains: [entry] }));
    const address = '0x00000000000000000000000000000000000000AA';
    expect(chain).toMatchObject({ pools: [address], prices: [{ token: address, usd: '2.5' }] });
    expect(chain?.chain).toMatchObject({ name: 'Mine', multicall: null, nativeSymbol: 'BNBUSDT' });
  });

  test.each([
    ['no JSON', '{', /EVM_CHAINS_FILE/],
    ['a malformed address', '{"chains": [{"chainId": 56, "pools": ["0x12"]}]}', /chains\.0\.pools\.0/],
    ['a member that nobody knows', '{"chains": [{"chainId": 56, "pool": []}]}', /chains\.0/],
    [
      'a negative price',
      `{"chains": [{"chainId": 56, "prices": [{"token": "${TOKEN}", "usd": "-1"}]}]}`,
      /prices\.0\.usd/,
    ],
    [
      'an event of an ABI without inputs',
      `{"chains": [{"chainId": 56, "watch": [{"address": "${TOKEN}", "abi": [{"type": "event", "name": "A"}]}]}]}`,
      /abi/,
    ],
  ])('with %s stop the start with one line', async (_what, text, line) => {
    const failed = await followed('56=ws://a.example', text).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConfigError);
    expect(String(failed)).toMatch(line);
  });

  test('of which too little is known stop the start', async () => {
    await expect(followed('8453=ws://a.example', '{"chains": [{"chainId": 8453}]}')).rejects.toThrow(/wrappedNative/);
  });

  test('are not those of which nothing is said: their nodes prove signatures', async () => {
    expect(await followed('8453=ws://a.example')).toEqual([]);
  });

  test('have the assets that are sold elsewhere priced from there, but not what counts as money', async () => {
    const [bsc] = await followed('56=ws://a.example');
    expect(bsc?.chain.references).toContainEqual({
      token: '0x2170Ed0880ac9A755fd29B2688956BD959F933F8',
      symbol: 'ETHUSDT',
    });
    const money = [bsc?.chain.wrappedNative, ...(bsc?.chain.stablecoins ?? [])];
    expect(bsc?.chain.references.filter(({ token }) => money.includes(token))).toEqual([]);
  });
});
